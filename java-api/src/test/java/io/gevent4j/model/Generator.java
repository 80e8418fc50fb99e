package io.gevent4j.model;

import io.gevent4j.model.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes programs up. One seed gives one program. */
final class Generator {
  private static final int DEPTH = 3;
  private static final int MAX_SPAN = 5;

  // How often a statement is drawn: as often as it stands here.
  private static final Kind[] QUIET = {
    Kind.SEE,
    Kind.START,
    Kind.START,
    Kind.KILL,
    Kind.LINK,
    Kind.LINK_VALUE,
    Kind.LINK_EXCEPTION,
    Kind.RAW_LINK,
    Kind.RAW_LINK,
    Kind.UNLINK,
    Kind.UNLINK
  };
  private static final Kind[] BUSY = {
    Kind.PAUSE, Kind.PAUSE, Kind.PAUSE, Kind.PAUSE, Kind.PAUSE, Kind.KILL, Kind.KILL, Kind.KILL,
    Kind.KILL_ALL, Kind.JOIN, Kind.JOIN, Kind.JOIN, Kind.RAISE, Kind.TRY, Kind.TRY, Kind.TRY,
    Kind.REPEAT, Kind.REPEAT, Kind.WAIT, Kind.WAIT_RAISE, Kind.EACH
  };
  private static final Kind[] TIMED = {
    Kind.SLEEP,
    Kind.SLEEP,
    Kind.START_LATER,
    Kind.ARM,
    Kind.DISARM,
    Kind.TIMEOUT,
    Kind.TIMEOUT,
    Kind.JOIN,
    Kind.EACH
  };

  private final Random random;
  private final boolean timed;
  private int greenlets;
  private int links;
  private int ids;
  private int
      minLink; // a link may make only links with higher numbers, or they could go on forever
  private boolean inLink;

  private Generator(long seed, boolean timed) {
    this.random = new Random(seed);
    this.timed = timed;
  }

  /**
   * Makes a program.
   *
   * @param timed whether it may use time; else nothing in it lasts
   */
  static Program program(long seed, boolean timed) {
    return new Generator(seed, timed).program();
  }

  private Program program() {
    greenlets = 2 + random.nextInt(5);
    links = 1 + random.nextInt(4);
    List<Step> main = new ArrayList<>();
    for (int i = 0; i < greenlets; i++) {
      if (random.nextInt(3) == 0) {
        main.add(quiet());
      }
      if (random.nextInt(5) > 0) {
        boolean later = timed && random.nextInt(5) == 0;
        main.add(step(later ? Kind.START_LATER : Kind.START, i, later ? span() : 0, 0));
      }
    }
    List<List<Step>> bodies = new ArrayList<>();
    for (int i = 0; i < greenlets; i++) {
      bodies.add(block(1 + random.nextInt(6), DEPTH));
    }
    List<List<Step>> linkBodies = new ArrayList<>();
    inLink = true;
    for (int i = 0; i < links; i++) {
      minLink = i + 1;
      linkBodies.add(block(random.nextInt(4), 1));
    }
    return new Program(main, bodies, linkBodies);
  }

  private List<Step> block(int length, int depth) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      steps.add(any(depth));
    }
    return steps;
  }

  private Step quiet() {
    return draw(QUIET, 0);
  }

  private Step any(int depth) {
    int dice = random.nextInt(20);
    if (inLink) {
      return draw(dice < 15 ? QUIET : BUSY, depth);
    }
    return draw(dice < 6 ? QUIET : timed && dice < 12 ? TIMED : BUSY, depth);
  }

  private Step draw(Kind[] kinds, int depth) {
    for (; ; ) {
      Kind kind = kinds[random.nextInt(kinds.length)];
      boolean nests = List.of(Kind.TIMEOUT, Kind.TRY, Kind.REPEAT, Kind.EACH).contains(kind);
      boolean links = kind.name().contains("LINK") && kind != Kind.UNLINK;
      if ((!nests || depth > 0) && (!links || minLink < this.links)) {
        return make(kind, depth, kinds == QUIET);
      }
    }
  }

  private Step make(Kind kind, int depth, boolean quiet) {
    int target = random.nextInt(greenlets);
    int maybe = timed && !quiet && random.nextInt(2) == 0 ? span() : 0;
    switch (kind) {
      case SLEEP:
      case START_LATER:
        return step(kind, target, span(), 0);
      case KILL:
        return step(kind, target, maybe, random.nextInt(quiet ? 2 : 4));
      case KILL_ALL:
        return step(kind, 0, maybe, random.nextInt(4), targets(), List.of(), List.of());
      case JOIN:
        return step(kind, target, maybe, 0);
      case LINK:
      case LINK_VALUE:
      case LINK_EXCEPTION:
      case RAW_LINK:
        return step(kind, target, 0, minLink + random.nextInt(links - minLink));
      case UNLINK:
        return step(kind, target, 0, random.nextInt(links));
      case ARM:
      case DISARM:
        return step(kind, random.nextInt(Program.TIMERS), span(), 0);
      case TIMEOUT:
        return step(kind, 0, span(), rarely(), List.of(), inner(depth), List.of());
      case RAISE:
        return step(kind, 0, 0, rarely());
      case TRY:
        return step(kind, 0, 0, random.nextInt(2), List.of(), inner(depth), handler(depth));
      case REPEAT:
        return step(kind, 0, 0, 2 + random.nextInt(3), List.of(), inner(depth), List.of());
      case WAIT:
      case WAIT_RAISE:
        return step(kind, 0, maybe, random.nextInt(4) - 1, targets(), List.of(), List.of());
      case EACH:
        return step(kind, 0, maybe, random.nextInt(4) - 1, targets(), inner(depth), List.of());
      default:
        return step(kind, target, 0, 0);
    }
  }

  private List<Step> inner(int depth) {
    return block(1 + random.nextInt(3), depth - 1);
  }

  private List<Step> handler(int depth) {
    return block(random.nextInt(3), depth - 1);
  }

  private int rarely() {
    return random.nextInt(4) == 0 ? 1 : 0;
  }

  private int span() {
    return 1 + random.nextInt(MAX_SPAN);
  }

  private List<Integer> targets() {
    List<Integer> targets = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      targets.add(random.nextInt(greenlets));
    }
    return targets;
  }

  private Step step(Kind kind, int target, int span, int option) {
    return step(kind, target, span, option, List.of(), List.of(), List.of());
  }

  private Step step(
      Kind kind,
      int target,
      int span,
      int option,
      List<Integer> targets,
      List<Step> body,
      List<Step> handler) {
    return new Step(ids++, kind, target, span, option, targets, body, handler);
  }
}
