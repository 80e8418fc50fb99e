package io.gevent4j.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What some greenlets do: main's statements, which don't wait, then one list for each greenlet, and
 * one for each link. All greenlets are there from the beginning, but not started.
 */
final class Program {
  static final int TIMERS = 3;

  final List<Step> main;
  final List<List<Step>> greenlets;
  final List<List<Step>> links;

  Program(List<Step> main, List<List<Step>> greenlets, List<List<Step>> links) {
    this.main = main;
    this.greenlets = greenlets;
    this.links = links;
  }

  /** All the ids of its statements. */
  List<Integer> ids() {
    List<Integer> ids = new ArrayList<>();
    collect(main, ids);
    greenlets.forEach(body -> collect(body, ids));
    links.forEach(body -> collect(body, ids));
    return ids;
  }

  private static void collect(List<Step> steps, List<Integer> ids) {
    for (Step step : steps) {
      ids.add(step.id());
      collect(step.body(), ids);
      collect(step.handler(), ids);
    }
  }

  /** Without one statement, and what it contains. */
  Program without(int id) {
    return new Program(
        without(main, id),
        greenlets.stream().map(body -> without(body, id)).toList(),
        links.stream().map(body -> without(body, id)).toList());
  }

  private static List<Step> without(List<Step> steps, int id) {
    return steps.stream()
        .filter(step -> step.id() != id)
        .map(step -> step.with(without(step.body(), id), without(step.handler(), id)))
        .toList();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    describe(text, "main", main);
    for (int i = 0; i < greenlets.size(); i++) {
      describe(text, "G" + i, greenlets.get(i));
    }
    for (int i = 0; i < links.size(); i++) {
      describe(text, "L" + i, links.get(i));
    }
    return text.toString();
  }

  private static void describe(StringBuilder text, String name, List<Step> steps) {
    if (!steps.isEmpty()) {
      text.append(name).append('\n');
      steps.forEach(step -> step.describe(text, "  "));
    }
  }
}
