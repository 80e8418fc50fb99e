package io.gevent4j.torture;

import io.gevent4j.greenlet.RawGreenlet;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owner thread and its greenlets. The thread switches to one after the other, replaces those
 * that end, and in the end leaves the rest suspended.
 */
final class Crew implements Runnable {
  private static final int TURNS_BETWEEN_LOOKS = 50;

  private final Random random;
  private final RawGreenlet[] greenlets;
  private final Member[] members;
  private RawGreenlet main;
  Thread owner;

  /** How many run though the owner has ended. */
  final AtomicInteger orphansAtWork = new AtomicInteger();

  /** Of this crew's greenlets, those that nobody holds, and those of them that have ended. */
  int dropped;

  int buried;

  Crew(int size, Random random) {
    this.random = random;
    this.greenlets = new RawGreenlet[size];
    this.members = new Member[size];
  }

  /** What is handed over at each switch: to whom it goes. */
  record Message(Object to) {}

  /** The outcome of a member. */
  record Ended(int slot) {}

  @Override
  public void run() {
    main = RawGreenlet.getCurrent();
    for (int slot = 0; slot < greenlets.length; slot++) {
      replace(slot);
    }
    int turns = TURNS_BETWEEN_LOOKS * (1 + random.nextInt(200));
    while (turns-- > 0 && (turns % TURNS_BETWEEN_LOOKS != 0 || !TortureWorkload.isOver())) {
      turn(random.nextInt(greenlets.length));
    }
    if (random.nextInt(4) == 0) {
      buryAll();
    }
  }

  private void turn(int slot) {
    Object received;
    try {
      if (random.nextInt(40) == 0) {
        TortureWorkload.thrownInto.increment();
        received = greenlets[slot].throwInto(new Member.Ping(slot));
      } else {
        received = switchTo(slot);
      }
    } catch (Member.Failure failure) {
      replace(failure.slot);
      return;
    } catch (Member.Ping ping) { // had not started
      replace(ping.slot);
      return;
    }
    if (received instanceof Ended) {
      replace(((Ended) received).slot);
    } else {
      TortureWorkload.check(
          received instanceof Message && ((Message) received).to == this,
          "main received " + received);
    }
  }

  private void replace(int slot) {
    Member member = new Member(this, slot, new Random(random.nextLong()));
    members[slot] = member;
    greenlets[slot] = new RawGreenlet(member, main);
  }

  /** From main or a member to a member. */
  Object switchTo(int slot) {
    TortureWorkload.switches.increment();
    return greenlets[slot].switchTo(new Message(members[slot]));
  }

  /** From a member to main, or to another member. */
  Object leave(Random random) {
    if (random.nextBoolean()) {
      TortureWorkload.switches.increment();
      return main.switchTo(new Message(this));
    }
    return switchTo(random.nextInt(greenlets.length));
  }

  StackTraceElement[] look(int slot) {
    return greenlets[slot].getStackTrace();
  }

  /** Those that nobody holds are noticed, and their finally blocks have run. */
  private void buryAll() {
    try {
      TortureWorkload.until(
          "dropped greenlets end",
          () -> {
            System.gc();
            RawGreenlet.getCurrent();
            return dropped == buried;
          });
    } catch (Exception failure) {
      TortureWorkload.fail("bury", failure);
    }
  }
}
