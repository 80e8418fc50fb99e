package io.gevent4j.model;

import io.gevent4j.model.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Who is to be told that a {@link Machine} has ended. */
final class ModelLinks {
  private final Machine owner;
  private final List<Link> links = new ArrayList<>();
  private final Runnable tell = this::tell;
  private boolean scheduled;

  /** What is to be told: a link of the program by its number, or else somebody who waits. */
  static final class Link {
    final Kind kind; // JOIN, EACH, or how it was linked
    final int number;
    final Consumer<Machine> waiting;

    Link(Kind kind, int number, Consumer<Machine> waiting) {
      this.kind = kind;
      this.number = number;
      this.waiting = waiting;
    }
  }

  ModelLinks(Machine owner) {
    this.owner = owner;
  }

  void add(Link link) {
    links.add(link);
    if (owner.ready) {
      schedule();
    }
  }

  void removeNumber(int number) {
    for (Link link : links) {
      if (link.waiting == null && link.number == number) {
        links.remove(link);
        return;
      }
    }
  }

  void remove(Consumer<Machine> waiting) {
    for (Link link : links) {
      if (link.waiting == waiting) {
        links.remove(link);
        return;
      }
    }
  }

  /** All are told by one entry; but one who joins, and is alone, is told at once. */
  void schedule() {
    if (scheduled || links.isEmpty()) {
      return;
    }
    if (links.size() == 1 && links.get(0).kind == Kind.JOIN) {
      links.remove(0).waiting.accept(owner);
      return;
    }
    scheduled = true;
    owner.model.makeReady(tell);
  }

  private void tell() {
    while (!links.isEmpty()) {
      Link link = links.remove(0);
      if (link.waiting != null) {
        link.waiting.accept(owner);
      } else if (link.kind == Kind.RAW_LINK) {
        machine(link, Machine.Place.HUB).resume(null);
      } else if (link.kind == Kind.LINK || (link.kind == Kind.LINK_VALUE) != owner.hasFailed()) {
        owner.model.makeReady(machine(link, Machine.Place.RAW).turn);
      }
    }
    scheduled = false;
  }

  private Machine machine(Link link, Machine.Place place) {
    List<Step> body = owner.model.program.links.get(link.number);
    return new Machine(owner.model, "L" + link.number + "(" + owner.name + ")", body, place);
  }
}
