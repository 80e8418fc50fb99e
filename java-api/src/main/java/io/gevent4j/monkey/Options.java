package io.gevent4j.monkey;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What is to be patched, and how. Immutable: each method returns another one. Any thread.
 *
 * <p>gevent: the arguments of {@code patch_all}.
 */
public final class Options {
  /** As many as gevent4j.h's gv_threads_add_hub takes. */
  private static final int MOST_HUBS = 256;

  private static final Options DEFAULTS = new Options(Patch.byDefault(), 1, false);

  private final Set<Patch> patches;
  private final int hubs;
  private final boolean verbose;

  private Options(Set<Patch> patches, int hubs, boolean verbose) {
    this.patches = patches;
    this.hubs = hubs;
    this.verbose = verbose;
  }

  /** {@link Patch#byDefault}, and one hub. */
  public static Options defaults() {
    return DEFAULTS;
  }

  /**
   * As the agent takes them: {@code w=4,no-dns,files,verbose}. Without an option for it, each thing
   * is as in {@link #defaults}; {@code all} and {@code no-all} stand for every patch; of two
   * options the latter counts.
   *
   * @param text null: none
   * @throws IllegalArgumentException that tells what is wrong with it
   */
  public static Options parse(String text) {
    Options options = DEFAULTS;
    for (String word : text == null ? new String[0] : text.split(",")) {
      options = options.parseWord(word.trim());
    }
    return options;
  }

  private Options parseWord(String word) {
    if (word.isEmpty()) {
      return this;
    }
    if (word.equals("verbose")) {
      return verbose(true);
    }
    if (word.startsWith("w=")) {
      return hubs(parseHubs(word.substring("w=".length())));
    }
    boolean on = !word.startsWith("no-");
    String label = on ? word : word.substring("no-".length());
    Patch patch = Patch.labelled(label);
    if (patch == null && !label.equals("all")) {
      throw new IllegalArgumentException(
          "there is no option "
              + word
              + "; there are w=N, verbose, and with or without no-: all, "
              + Arrays.stream(Patch.values()).map(Patch::label).collect(joining(", ")));
    }
    Patch[] those = patch == null ? Patch.values() : new Patch[] {patch};
    return on ? with(those) : without(those);
  }

  private static int parseHubs(String number) {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the number of hubs is no number: " + number);
    }
  }

  /** These too. */
  public Options with(Patch... those) {
    return patches(true, those);
  }

  /** But not these. */
  public Options without(Patch... those) {
    return patches(false, those);
  }

  /** These, and no others. */
  public Options only(Patch... those) {
    return without(Patch.values()).with(those);
  }

  private Options patches(boolean on, Patch... those) {
    EnumSet<Patch> all = EnumSet.noneOf(Patch.class);
    all.addAll(patches);
    for (Patch each : those) {
      if (on) {
        all.add(each);
      } else {
        all.remove(each);
      }
    }
    return new Options(Collections.unmodifiableSet(all), hubs, verbose);
  }

  /**
   * So many kernel threads run greenlets, each in a hub of its own, where {@link Patch#THREAD} is
   * patched by a thread without a hub.
   *
   * @throws IllegalArgumentException if it is less than 1, or more than 256
   */
  public Options hubs(int number) {
    if (number < 1 || number > MOST_HUBS) {
      throw new IllegalArgumentException(
          "the number of hubs is from 1 to " + MOST_HUBS + ", not " + number);
    }
    return new Options(patches, number, verbose);
  }

  /** Whether to say on {@link System#err} what is patched. */
  public Options verbose(boolean tell) {
    return new Options(patches, hubs, tell);
  }

  /** In the order in which they are patched. Unmodifiable. */
  public Set<Patch> patches() {
    return patches;
  }

  /** As set by {@link #hubs(int)}; at first 1. */
  public int hubs() {
    return hubs;
  }

  /** As set by {@link #verbose(boolean)}; at first not. */
  public boolean verbose() {
    return verbose;
  }

  /** As {@link #parse} takes it. */
  @Override
  public String toString() {
    return "w="
        + hubs
        + Arrays.stream(Patch.values())
            .map(each -> (patches.contains(each) ? "," : ",no-") + each.label())
            .collect(joining())
        + (verbose ? ",verbose" : "");
  }
}
