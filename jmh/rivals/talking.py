"""What python3_gevent.py measures of greenlets that talk: as the Java benchmarks of these names do it.

TALKS has, for each, its name and parameter, what prepares it, and how many times at once it is done. What prepares it
returns what is done so many times, and what a second greenlet does meanwhile, on and on; or None.
"""

import gevent
from gevent.event import AsyncResult, Event
from gevent.lock import Semaphore
from gevent.pool import Pool
from gevent.queue import Channel, Queue
from gevent.threadpool import ThreadPool

LAP = 100
BATCH = 1_000
AT_A_TIME = 100


def events():
    there, back = Event(), Event()

    def first(times):
        for _ in range(times):
            there.set()
            back.wait()
            back.clear()

    def second():
        while True:
            there.wait()
            there.clear()
            back.set()

    return first, second


def one_way(queue):
    def first(times):
        for _ in range(times):
            queue.put(True)

    def second():
        while True:
            queue.get()

    return first, second


def there_and_back(there, back):
    def first(times):
        for _ in range(times):
            there.put(True)
            back.get()

    def second():
        while True:
            there.get()
            back.put(True)

    return first, second


def laps():
    there, back = Queue(), Queue()

    def first(times):
        for _ in range(times):
            for _ in range(LAP):
                there.put(True)
            back.get()

    def second():
        while True:
            for _ in range(LAP):
                there.get()
            back.put(True)

    return first, second


def queue_alone():
    queue = Queue()

    def first(times):
        for _ in range(times * LAP):
            queue.put(True)
            queue.get()

    return first, None


def semaphore_free():
    semaphore = Semaphore(1)

    def first(times):
        for _ in range(times * LAP):
            semaphore.acquire()
            semaphore.release()

    return first, None


def semaphores():
    there, back = Semaphore(0), Semaphore(0)

    def first(times):
        for _ in range(times):
            there.release()
            back.acquire()

    def second():
        while True:
            there.acquire()
            back.release()

    return first, second


def results():
    question, answer = AsyncResult(), None

    def first(times):
        nonlocal answer
        for _ in range(times):
            answer = AsyncResult()
            question.set(True)
            answer.get()

    def second():
        nonlocal question
        while True:
            question.get()
            question = AsyncResult()
            answer.set(True)

    return first, second


def successor(number):
    return number + 1


def pool_map():
    pool = Pool(AT_A_TIME)

    def first(times):
        for _ in range(0, times, BATCH):
            pool.map(successor, range(BATCH))

    return first, None


def pool_imap_unordered():
    pool = Pool(AT_A_TIME)

    def first(times):
        for _ in range(0, times, BATCH):
            sum(pool.imap_unordered(successor, range(BATCH)))

    return first, None


def truth():
    return True


def threadpool():
    pool = ThreadPool(1)

    def first(times):
        for _ in range(times):
            pool.apply(truth)

    return first, None


def threadpool_at_once():
    pool = ThreadPool(1)

    def first(times):
        for _ in range(0, times, BATCH):
            for result in [pool.spawn(truth) for _ in range(BATCH)]:
                result.get()

    return first, None


TALKS = [
    ("EventBenchmark.greenlets", "", events, 1),
    ("ChannelBenchmark.greenlets", "oneWay", lambda: one_way(Channel()), 1),
    ("ChannelBenchmark.greenlets", "thereAndBack", lambda: there_and_back(Channel(), Channel()), 1),
    ("QueueBenchmark.greenlets", "one", lambda: one_way(Queue(1)), 1),
    ("QueueBenchmark.greenlets", "laps", laps, 1),
    ("QueueBenchmark.greenlets", "alone", queue_alone, 1),
    ("SemaphoreBenchmark.greenlets", "free", semaphore_free, 1),
    ("SemaphoreBenchmark.greenlets", "contended", semaphores, 1),
    ("AsyncResultBenchmark.greenlets", "", results, 1),
    ("PoolBenchmark.map", "", pool_map, BATCH),
    ("PoolBenchmark.imapUnordered", "", pool_imap_unordered, BATCH),
    ("ThreadPoolBenchmark.greenlet", "", threadpool, 1),
    ("ThreadPoolBenchmark.greenletAtOnce", "", threadpool_at_once, BATCH),
]


def talk(prepare, measure):
    """Measures what was prepared while the second greenlet is there."""
    first, second = prepare()
    other = second and gevent.spawn_raw(second)
    measure(first)
    if other:
        gevent.kill(other)
        gevent.sleep(0)
