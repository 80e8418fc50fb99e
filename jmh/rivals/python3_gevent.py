"""Measures gevent on CPython as jmh/run measures gevent4j: the same work, the same counts.

Usage: python3_gevent.py SECONDS [REGEX]

SECONDS is how long each time is measured, and a quarter of how long each lateness is; with REGEX, only those whose name
matches. A line for each, after one with the versions:

    version,gevent,22.10.2 on CPython 3.11.2, loop libev/epoll
    time,<name>,<parameter>,<ns>
    late,<what>,<who>,<per second>,<us at 50 %>,<99 %>,<99.9 %>,<100 %>
"""

import os
import platform
import random
import re
import sys
import threading
from time import perf_counter, perf_counter_ns, sleep as block

import gevent

sys.dont_write_bytecode = True
from talking import TALKS, talk

MILLI = 0.001
HOUR = 3600.0
SLEEPERS = 10_000
SPINNERS = 1_000
BUSY = 100
BATCH = 1_000
PAUSE = 0.0002
TEN_MINUTES = 600.0


def nothing():
    pass


def per_call(action, seconds, batch=1):
    """Returns the ns of one call of action(times), where times is a multiple of the batch."""
    batches = 1
    while True:
        begun = perf_counter()
        action(batches * batch)
        taken = perf_counter() - begun
        if taken > seconds / 4:
            break
        batches *= 4 if taken < seconds / 64 else 2
    batches = max(1, int(batches * seconds / taken))
    begun = perf_counter_ns()
    action(batches * batch)
    return (perf_counter_ns() - begun) / (batches * batch)


# ---- times


def sleeping(greenlets):
    """sleep(0) by so many in turn; one of them is main."""
    over = []

    def sleep_on_and_on():
        while not over:
            gevent.sleep(0)

    others = [gevent.spawn_raw(sleep_on_and_on) for _ in range(greenlets - 1)]

    def run(times):
        for _ in range(times // greenlets):
            gevent.sleep(0)

    def end():
        over.append(True)
        while not all(other.dead for other in others):
            gevent.sleep(0)

    return run, end


def spawn_join(times):
    for _ in range(times):
        gevent.spawn(nothing).join()


def spawn_join_at_once(times):
    for _ in range(0, times, BATCH):
        gevent.joinall([gevent.spawn(nothing) for _ in range(BATCH)])


def spawn_raw(times, batch=1):
    ended = 0

    def count():
        nonlocal ended
        ended += 1

    for _ in range(0, times, batch):
        ended = 0
        for _ in range(batch):
            gevent.spawn_raw(count)
        while ended < batch:
            gevent.sleep(0)


def timing(pending):
    """A timer started and stopped, while so many others are pending; one made once, and a new one for each."""
    loop = gevent.get_hub().loop
    chance = random.Random(1)

    def timer():
        return loop.timer(TEN_MINUTES * (1 + chance.random()))

    waiting = [timer() for _ in range(pending)]
    for each in waiting:
        each.start(nothing)
    prepared = [timer() for _ in range(1024)]

    def again(times):
        for i in range(times):
            each = prepared[i & 1023]
            each.start(nothing)
            each.stop()

    def new(times):
        for _ in range(times):
            each = timer()
            each.start(nothing)
            each.stop()
            each.close()

    def end():
        for each in waiting + prepared:
            each.stop()
            each.close()

    return again, new, end


def timeout(times):
    for _ in range(times):
        gevent.Timeout.start_new(100).cancel()


def timeout_again(times):
    each = gevent.Timeout(100)
    for _ in range(times):
        each.start()
        each.cancel()


# ---- how late


def late(what, who, lates, seconds):
    lates.sort()

    def at(part):
        return lates[min(len(lates) - 1, int(part * len(lates)))] / 1e3

    if lates:
        print("late,%s,%s,%.0f,%.1f,%.1f,%.1f,%.1f" % (
            what, who, len(lates) / seconds, at(0.5), at(0.99), at(0.999), lates[-1] / 1e3), flush=True)


class Sleepers:
    """As SleepersLateness.java has them."""

    def __init__(self, who):
        self.on = False
        self.lates = []
        count = SPINNERS if who == "spinners" else SLEEPERS
        self.greenlets = [gevent.spawn_raw(self.live, who, number) for number in range(count)]

    def live(self, who, number):
        if who == "random":
            chance = random.Random(number)
            self.sleep_on_and_on(lambda: chance.uniform(0.1, 1))
        elif who == "all" or number == 0:
            self.sleep_on_and_on(lambda: MILLI)
        elif who == "one":
            self.sleep_on_and_on(lambda: HOUR)
        else:
            while True:
                gevent.sleep(0)

    def sleep_on_and_on(self, span):
        while True:
            seconds = span()
            due = perf_counter_ns() + int(seconds * 1e9)
            gevent.sleep(seconds)
            if self.on:
                self.lates.append(perf_counter_ns() - due)

    def measure(self, seconds):
        gevent.sleep(seconds)
        self.on = True
        begun = perf_counter()
        gevent.sleep(seconds)
        self.on = False
        return perf_counter() - begun


def in_child(action):
    """Runs it in a process of its own, as what it leaves behind doesn't end."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            gevent.reinit()
            action()
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(child, 0)


def sleepers(who, seconds):
    crowd = Sleepers(who)
    taken = crowd.measure(seconds)
    late(who, "gevent", crowd.lates, taken)


def wake(who, seconds):
    """As WakeLatency.java does it: a foreign thread has the hub run a callback. It waits for an event, not spinning,
    for only one thread runs at a time."""
    hub = gevent.get_hub()
    lates = []
    received = threading.Event()
    sent = 0
    over = False

    def callback():
        lates.append(perf_counter_ns() - sent)
        received.set()

    def wake_on_and_on():
        nonlocal sent
        end = perf_counter() + seconds
        while perf_counter() < end:
            block(PAUSE)
            received.clear()
            sent = perf_counter_ns()
            hub.loop.run_callback_threadsafe(callback)
            received.wait()

    def let_others_run():
        while True:
            gevent.sleep(0)

    if who == "callback-busy":
        for _ in range(BUSY):
            gevent.spawn_raw(let_others_run)
    thread = threading.Thread(target=wake_on_and_on)
    thread.start()
    while thread.is_alive():
        gevent.sleep(0.05)
    late("wake", who, lates, seconds)


def main():
    seconds = float(sys.argv[1])
    asked = re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
    loop = gevent.get_hub().loop
    print("version,gevent,%s on CPython %s; loop %s/%s" % (
        gevent.__version__, platform.python_version(), type(loop).__module__.split(".")[1], loop.backend), flush=True)

    def time(name, parameter, action, batch=1):
        if asked.search(name):
            print("time,%s,%s,%.1f" % (name, parameter, per_call(action, seconds, batch)), flush=True)

    for greenlets in 1, 100, 1_000:
        if asked.search("SleepBenchmark.greenlet"):
            run, end = sleeping(greenlets)
            time("SleepBenchmark.greenlet", greenlets, run, greenlets)
            end()
    time("SpawnJoinBenchmark.greenlet", "", spawn_join)
    time("SpawnJoinBenchmark.greenletsAtOnce", "", spawn_join_at_once, BATCH)
    time("SpawnJoinBenchmark.rawGreenlet", "", spawn_raw)
    time("SpawnJoinBenchmark.rawGreenletsAtOnce", "", lambda times: spawn_raw(times, BATCH), BATCH)
    for pending in 1_000, 100_000, 1_000_000:
        if asked.search("TimerBenchmark.watcher") or asked.search("TimerBenchmark.newWatcher"):
            again, new, end = timing(pending)
            time("TimerBenchmark.watcher", pending, again)
            time("TimerBenchmark.newWatcher", pending, new)
            end()
    time("TimeoutBenchmark.timeout", "", timeout)
    time("TimeoutBenchmark.timeoutAgain", "", timeout_again)
    for name, parameter, prepare, batch in TALKS:
        if asked.search(name):
            talk(prepare, lambda first: time(name, parameter, first, batch))

    for who in "random", "one", "spinners", "all":
        if asked.search("SleepersLateness." + who):
            in_child(lambda: sleepers(who, 4 * seconds))
    for who in "callback", "callback-busy":
        if asked.search("WakeLatency." + who):
            in_child(lambda: wake(who, 4 * seconds))


main()
