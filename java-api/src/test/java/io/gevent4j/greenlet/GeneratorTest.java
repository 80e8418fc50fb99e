package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** Generators written with greenlets. */
class GeneratorTest extends GreenletTest {
  /** Gives values to whoever takes them from a generator. */
  @FunctionalInterface
  private interface Source<T> {
    void run(Generator<T> self);
  }

  /** An iterator whose values a straight-line function yields. */
  private static final class Generator<T> implements Iterator<T>, Iterable<T> {
    private final RawGreenlet greenlet;
    private final Deque<T> ready = new ArrayDeque<>(1);
    private RawGreenlet giver; // who gave the last value: the greenlet, or one of a layer below

    Generator(Source<T> source) {
      this.greenlet =
          new RawGreenlet(
              value -> {
                source.run(this);
                return null;
              });
      this.giver = greenlet;
    }

    /** Called below the source, however deep: gives the value to the taker, and waits. */
    void give(T value) {
      ready.add(value);
      giver = RawGreenlet.getCurrent();
      greenlet.getParent().switchTo();
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty() && !greenlet.isDead()) {
        greenlet.setParent(RawGreenlet.getCurrent());
        giver.switchTo();
      }
      return !ready.isEmpty();
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    @Override
    public Iterator<T> iterator() {
      return this;
    }
  }

  private static <T> List<T> all(Iterable<T> values) {
    List<T> list = new ArrayList<>();
    values.forEach(list::add);
    return list;
  }

  // greenlet: test_generator.py test_generator
  @Test
  void shouldAlternateWithItsTakerWhenItYields() {
    List<Integer> seen = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (int taken : counting(5, seen)) {
        seen.add(taken);
      }
    }
    assertThat(seen).containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
  }

  private static Generator<Integer> counting(int end, List<Integer> seen) {
    return new Generator<>(
        self -> {
          for (int i = 0; i < end; i++) {
            seen.add(i);
            self.give(i);
          }
        });
  }

  // greenlet: test_generator_nested.py test_genlet_simple
  @Test
  void shouldYieldFromACalledMethod() {
    Generator<Integer> generator =
        new Generator<>(
            self -> {
              for (int i = 0; i < 5; i++) {
                yieldFromBelow(self, i, 10);
              }
            });
    assertThat(all(generator)).containsExactly(0, 1, 2, 3, 4);
  }

  private static void yieldFromBelow(Generator<Integer> generator, int value, int depth) {
    if (depth == 0) {
      generator.give(value);
    } else {
      yieldFromBelow(generator, value, depth - 1);
    }
  }

  // greenlet: test_generator_nested.py test_nested_genlets
  @Test
  void shouldPassValuesUpWhenGeneratorsAreNested() {
    assertThat(all(upTo(5))).containsExactly(1, 2, 3, 4, 5);
  }

  private static Generator<Integer> upTo(int end) {
    return new Generator<>(
        self -> {
          if (end > 0) {
            upTo(end - 1).forEach(self::give);
            self.give(end);
          }
        });
  }

  // greenlet: test_generator_nested.py test_layered_genlets
  @Test
  void shouldYieldToTheLayerItNamesWhenLayered() {
    List<Integer> seen = new ArrayList<>();
    Generator<Integer> outer =
        new Generator<>(
            self -> {
              for (int n : new Generator<Integer>(inner -> yieldNumbersAndSquares(inner, self))) {
                seen.add(n);
              }
            });
    outer.forEach(seen::add);
    assertThat(seen).containsExactly(1, 1, 2, 4, 3, 9, 4, 16);
  }

  /** Numbers to the taker of the inner generator; their squares to that of the outer one. */
  private static void yieldNumbersAndSquares(Generator<Integer> inner, Generator<Integer> outer) {
    for (int n = 1; n < 5; n++) {
      inner.give(n);
      outer.give(n * n);
    }
  }

  // greenlet: test_generator_nested.py test_permutations
  @Test
  void shouldYieldAllPermutationsWhenNestedByRecursion() {
    List<List<Integer>> permutations = all(permutations(List.of(0, 1, 2, 3)));
    assertThat(permutations).hasSize(4 * 3 * 2 * 1).doesNotHaveDuplicates();
    assertThat(permutations).startsWith(List.of(0, 1, 2, 3)).endsWith(List.of(3, 2, 1, 0));
  }

  // greenlet: test_generator_nested.py test_permutations
  @Test
  void shouldKeepTwoGeneratorsApartWhenTheyAreTakenInTurn() {
    Generator<List<Integer>> three = permutations(List.of(0, 1, 2));
    List<String> pairs = new ArrayList<>();
    for (List<Integer> four : permutations(List.of(0, 1, 2, 3))) {
      if (!three.hasNext()) {
        break;
      }
      pairs.add(four + "" + three.next());
    }
    assertThat(pairs)
        .containsExactly(
            "[0, 1, 2, 3][0, 1, 2]",
            "[0, 1, 3, 2][0, 2, 1]",
            "[0, 2, 1, 3][1, 0, 2]",
            "[0, 2, 3, 1][1, 2, 0]",
            "[0, 3, 1, 2][2, 0, 1]",
            "[0, 3, 2, 1][2, 1, 0]");
  }

  private static Generator<List<Integer>> permutations(List<Integer> values) {
    return new Generator<>(
        self -> {
          if (values.size() <= 1) {
            self.give(values);
            return;
          }
          for (Integer head : values) {
            List<Integer> others = new ArrayList<>(values);
            others.remove(head);
            for (List<Integer> tail : permutations(others)) {
              List<Integer> permutation = new ArrayList<>();
              permutation.add(head);
              permutation.addAll(tail);
              self.give(permutation);
            }
          }
        });
  }

  private static final class Tree {
    final Tree left;
    final String name;
    final Tree right;

    Tree(Tree left, String name, Tree right) {
      this.left = left;
      this.name = name;
      this.right = right;
    }
  }

  // greenlet: test_generator_nested.py, its tree layout
  @Test
  void shouldYieldATreeInOrderWhenItRecursesOnOneStack() {
    Tree tree =
        new Tree(
            new Tree(new Tree(null, "a", null), "b", new Tree(null, "c", null)),
            "d",
            new Tree(null, "e", new Tree(null, "f", null)));
    Generator<String> names = new Generator<>(self -> walk(tree, self));
    assertThat(all(names)).containsExactly("a", "b", "c", "d", "e", "f");
  }

  private static void walk(Tree tree, Generator<String> names) {
    if (tree != null) {
      walk(tree.left, names);
      names.give(tree.name);
      walk(tree.right, names);
    }
  }

  @Test
  void shouldThrowInTheTakerWhenTheSourceFails() {
    RuntimeException failure = new RuntimeException();
    Generator<Integer> generator =
        new Generator<>(
            self -> {
              self.give(1);
              throw failure;
            });
    assertThat(generator.next()).isEqualTo(1);
    assertThat(thrownBy(generator::next)).isSameAs(failure);
    assertThat(generator.hasNext()).isFalse();
  }

  @Test
  void shouldThrowThroughAllTakersWhenANestedSourceFails() {
    RuntimeException failure = new RuntimeException();
    Generator<Integer> generator = failingBelow(5, failure);
    assertThat(generator.next()).isEqualTo(0);
    assertThat(thrownBy(generator::next)).isSameAs(failure);
  }

  private static Generator<Integer> failingBelow(int depth, RuntimeException failure) {
    return new Generator<>(
        self -> {
          if (depth == 0) {
            self.give(0);
            throw failure;
          }
          failingBelow(depth - 1, failure).forEach(self::give);
        });
  }

  @Test
  void shouldGoOnWhenTheSourceCatchesWhatIsThrownIntoIt() {
    Generator<String> generator =
        new Generator<>(
            self -> {
              Throwable caught = thrownBy(() -> self.give("waiting"));
              self.give("caught " + caught.getMessage());
            });
    assertThat(generator.next()).isEqualTo("waiting");
    generator.greenlet.throwInto(new RuntimeException("it"));
    assertThat(generator.next()).isEqualTo("caught it");
  }

  @Test
  void shouldRunFinallyBlocksOfTheSourceWhenClosedEarly() {
    List<String> seen = new ArrayList<>();
    Generator<Integer> generator =
        new Generator<>(
            self -> {
              try {
                self.give(1);
                self.give(2);
              } finally {
                seen.add("closed");
              }
            });
    generator.next();
    generator.greenlet.throwInto(new GreenletExit());
    assertThat(seen).containsExactly("closed");
    assertThat(generator.hasNext()).isFalse();
  }
}
