package io.gevent4j.monkey;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the JDK builds of threads. */
@Timeout(60)
class ConcurrentContractOfTheJdkTest {
  @Test
  void shouldRunTimers() throws Exception {
    Timer timer = new Timer(true);
    CountDownLatch ticks = new CountDownLatch(5);
    CountDownLatch once = new CountDownLatch(1);
    timer.schedule(task(once::countDown), 5);
    timer.scheduleAtFixedRate(task(ticks::countDown), 1, 2);
    assertThat(ticks.await(20, SECONDS)).isTrue();
    assertThat(once.await(20, SECONDS)).isTrue();
    timer.cancel();
    assertThatThrownBy(() -> timer.schedule(task(() -> {}), 1))
        .isInstanceOf(IllegalStateException.class);
  }

  private static TimerTask task(Runnable run) {
    return new TimerTask() {
      @Override
      public void run() {
        run.run();
      }
    };
  }

  private static final class Sum extends RecursiveTask<Long> {
    private static final long serialVersionUID = 1;
    private final int from;
    private final int to;

    Sum(int from, int to) {
      this.from = from;
      this.to = to;
    }

    @Override
    protected Long compute() {
      if (to - from < 100) {
        return LongStream.range(from, to).sum();
      }
      Sum left = new Sum(from, (from + to) / 2);
      Sum right = new Sum((from + to) / 2, to);
      left.fork();
      return right.compute() + left.join();
    }
  }

  @Test
  void shouldForkAndJoin() throws Exception {
    ForkJoinPool pool = new ForkJoinPool(4);
    assertThat(pool.invoke(new Sum(0, 100_000))).isEqualTo(4_999_950_000L);
    assertThat(pool.submit(() -> IntStream.range(0, 10_000).parallel().sum()).get())
        .isEqualTo(49_995_000);
    pool.shutdown();
    assertThat(pool.awaitTermination(20, SECONDS)).isTrue();
    assertThat(IntStream.range(0, 100_000).parallel().filter(i -> i % 3 == 0).count())
        .isEqualTo(33_334);
  }

  @Test
  void shouldCompleteFutures() throws Exception {
    List<CompletableFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int value = i;
      futures.add(
          CompletableFuture.supplyAsync(() -> pauseAndGive(value)).thenApplyAsync(v -> v + 1));
    }
    int sum = 0;
    for (CompletableFuture<Integer> future : futures) {
      sum += future.get(20, SECONDS);
    }
    assertThat(sum).isEqualTo(50 * 51 / 2);
    CompletableFuture<String> never = new CompletableFuture<>();
    assertThatThrownBy(() -> never.get(5, java.util.concurrent.TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(never.completeOnTimeout("late", 5, java.util.concurrent.TimeUnit.MILLISECONDS).get())
        .isEqualTo("late");
    CompletableFuture<Void> all =
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    all.join();
  }

  private static int pauseAndGive(int value) {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return value;
  }

  @Test
  void shouldAdvanceInPhases() throws Exception {
    int parties = 8;
    Phaser phaser = new Phaser(parties);
    AtomicInteger arrived = new AtomicInteger();
    List<Actor> actors =
        Actor.startMany(
            parties,
            () -> {
              for (int phase = 0; phase < 20; phase++) {
                arrived.incrementAndGet();
                assertThat(phaser.arriveAndAwaitAdvance()).isEqualTo(phase + 1);
                assertThat(arrived.get()).isGreaterThanOrEqualTo((phase + 1) * parties);
              }
            });
    Actor.joinAll(actors);
  }

  @Test
  void shouldExchange() throws Exception {
    Exchanger<Integer> exchanger = new Exchanger<>();
    AtomicInteger sum = new AtomicInteger();
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int me = i;
      actors.add(
          Actor.start(
              () -> {
                for (int round = 0; round < 200; round++) {
                  sum.addAndGet(exchanger.exchange(me) - me);
                }
              }));
    }
    Actor.joinAll(actors);
    assertThat(sum.get()).isZero();
  }

  @Test
  void shouldReadTogetherAndWriteAlone() throws Exception {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    StampedLock stamped = new StampedLock();
    AtomicInteger readers = new AtomicInteger();
    AtomicInteger writers = new AtomicInteger();
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      boolean writes = i % 4 == 0;
      boolean byStamp = i % 2 == 0;
      actors.add(
          Actor.start(
              () -> {
                for (int round = 0; round < 30; round++) {
                  long stamp = 0;
                  if (byStamp && writes) {
                    stamp = stamped.writeLock();
                  } else if (byStamp) {
                    stamp = stamped.readLock();
                  }
                  if (writes) {
                    lock.writeLock().lock();
                    writers.incrementAndGet();
                    Thread.sleep(0, ThreadLocalRandom.current().nextInt(100_000));
                    assertThat(writers.decrementAndGet()).isZero();
                    assertThat(readers.get()).isZero();
                    lock.writeLock().unlock();
                  } else {
                    lock.readLock().lock();
                    readers.incrementAndGet();
                    Thread.yield();
                    assertThat(writers.get()).isZero();
                    readers.decrementAndGet();
                    lock.readLock().unlock();
                  }
                  if (byStamp) {
                    stamped.unlock(stamp);
                  }
                }
              }));
    }
    Actor.joinAll(actors);
  }

  @Test
  void shouldMeetAtABarrierAndBreakIt() throws Exception {
    AtomicInteger actions = new AtomicInteger();
    CyclicBarrier barrier = new CyclicBarrier(5, actions::incrementAndGet);
    List<Actor> actors =
        Actor.startMany(
            5,
            () -> {
              for (int round = 0; round < 20; round++) {
                barrier.await();
              }
            });
    Actor.joinAll(actors);
    assertThat(actions.get()).isEqualTo(20);
    Actor victim = Actor.start(barrier::await).await(Thread.State.WAITING);
    Actor other = Actor.start(barrier::await).await(Thread.State.WAITING);
    victim.thread.interrupt();
    assertThat(victim.outcome()).isInstanceOf(InterruptedException.class);
    assertThat(other.outcome()).isInstanceOf(java.util.concurrent.BrokenBarrierException.class);
    assertThat(barrier.isBroken()).isTrue();
  }

  @Test
  void shouldReplaceWorkersThatDie() throws Exception {
    CountDownLatch told = new CountDownLatch(10);
    ThreadPoolExecutor pool =
        (ThreadPoolExecutor)
            Executors.newFixedThreadPool(
                2,
                run -> {
                  Thread thread = new Thread(run);
                  thread.setUncaughtExceptionHandler((who, thrown) -> told.countDown());
                  return thread;
                });
    for (int i = 0; i < 10; i++) {
      pool.execute(
          () -> {
            throw new IllegalStateException("dies");
          });
    }
    assertThat(pool.submit(() -> 5).get()).isEqualTo(5);
    pool.shutdown();
    assertThat(pool.awaitTermination(20, SECONDS)).isTrue();
    told.await(); // a worker has ended, to its pool, before its handler is told
  }

  @Test
  void shouldHandOver() throws Exception {
    SynchronousQueue<Integer> queue = new SynchronousQueue<>();
    Actor giver =
        Actor.start(
            () -> {
              for (int i = 0; i < 5_000; i++) {
                queue.put(i);
              }
            });
    for (int i = 0; i < 5_000; i++) {
      assertThat(queue.take()).isEqualTo(i);
    }
    giver.join();
  }

  @Test
  void shouldWaitForProcessesOfMany() throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    List<Future<String>> outputs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      outputs.add(
          pool.submit(
              () -> {
                Process process =
                    new ProcessBuilder("sh", "-c", "sleep 0.0" + number + "; echo " + number)
                        .directory(new File("/"))
                        .start();
                String output = new String(process.getInputStream().readAllBytes()).trim();
                assertThat(process.waitFor()).isZero();
                assertThat(process.waitFor(1, SECONDS)).isTrue();
                return output;
              }));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(outputs.get(i).get(30, SECONDS)).isEqualTo(String.valueOf(i));
    }
    pool.shutdown();
  }

  @Test
  void shouldWaitForAProcessThatEndsLater() throws Exception {
    Process process = new ProcessBuilder("cat").start();
    Actor waiter = Actor.start(process::waitFor).await(Thread.State.WAITING);
    assertThat(process.waitFor(5, java.util.concurrent.TimeUnit.MILLISECONDS)).isFalse();
    process.getOutputStream().write("hello\n".getBytes());
    process.getOutputStream().flush();
    assertThat(process.inputReader().readLine()).isEqualTo("hello");
    process.getOutputStream().close();
    waiter.join();
    assertThat(process.exitValue()).isZero();
    assertThat(process.onExit().get(20, SECONDS)).isSameAs(process);
  }
}
