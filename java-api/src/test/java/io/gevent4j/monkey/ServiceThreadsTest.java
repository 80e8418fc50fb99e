package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import io.gevent4j.greenlet.Guests;
import java.lang.ref.Cleaner;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;

/**
 * Which of the JDK's own threads stay plain: those that the VM starts, those of the JDK's internal
 * classes, and those that serve virtual threads. Those whose code is the program's are greenlets.
 */
class ServiceThreadsTest {
  private static final long PATIENCE_NANOS = SECONDS.toNanos(20);

  static final class Application {
    private static Hub hub;
    private static String address; // of a server whose threads are none of the program's

    public static void main(String[] arguments) throws Exception {
      HttpServer server = serve();
      address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      Monkey.patchAll();
      hub = Hub.getIfExists();
      sayOfThoseOfTheVm();
      sayOfThoseThatAreMadeLater();
      if (Runtime.version().feature() >= 21) {
        sayOfVirtualThreads();
      }
      System.exit(0);
    }

    // ---- how one sees it ----

    private static String here() {
      return Hub.getIfExists() == null ? "plain" : "greenlet";
    }

    /** What is done has a thread of this name started, which runs nothing of ours. */
    private static void sayOf(String name, Callable<?> action) throws Exception {
      int before = Guests.count(hub);
      if (find(name) != null) {
        throw new AssertionError(name + " is there already");
      }
      Object kept = action.call();
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (find(name) == null) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("no " + name + " in " + Thread.getAllStackTraces().keySet());
        }
        Thread.sleep(1);
      }
      int more = Guests.count(hub) - before;
      say(name + ": " + (more == 0 ? "plain" : more == 1 ? "greenlet" : more + " greenlets"));
      assert kept != null;
    }

    private static Thread find(String name) {
      ThreadGroup top = Thread.currentThread().getThreadGroup();
      while (top.getParent() != null) {
        top = top.getParent();
      }
      Thread[] threads = new Thread[1000];
      for (int i = top.enumerate(threads) - 1; i >= 0; i--) {
        if (threads[i].getName().startsWith(name)) {
          return threads[i];
        }
      }
      return null;
    }

    // ---- those that are there from the beginning ----

    private static void sayOfThoseOfTheVm() throws Exception {
      say("guests: " + Guests.count(hub)); // main
      for (String name :
          List.of("Reference Handler", "Finalizer", "Signal Dispatcher", "Common-Cleaner")) {
        say(name + ": " + (find(name) == null ? "missing" : "there"));
      }
      say("Finalizer: " + Finalized.awaitOne());
      CompletableFuture<String> cleaner = new CompletableFuture<>();
      register(Cleaner.create(), cleaner);
      say("Cleaner: " + collectUntil(cleaner));
      CompletableFuture<String> signal = new CompletableFuture<>();
      Signal.handle(new Signal("WINCH"), unused -> signal.complete(here()));
      Signal.raise(new Signal("WINCH"));
      say("Signal Dispatcher's: " + signal.get());
    }

    private static void register(Cleaner cleaner, CompletableFuture<String> cleaned) {
      cleaner.register(new Object(), () -> cleaned.complete(here()));
    }

    private static String collectUntil(CompletableFuture<String> told) throws Exception {
      while (!told.isDone()) {
        System.gc();
        Thread.sleep(1);
      }
      return told.get();
    }

    @SuppressWarnings({"deprecation", "removal"}) // as programs have it
    private static final class Finalized {
      private static final CompletableFuture<String> DONE = new CompletableFuture<>();

      static String awaitOne() throws Exception {
        drop();
        return collectUntil(DONE);
      }

      private static void drop() {
        new Finalized();
      }

      @Override
      protected void finalize() {
        DONE.complete(here());
      }
    }

    // ---- those that are made when they are wanted ----

    private static void sayOfThoseThatAreMadeLater() throws Exception {
      sayOf("process reaper", () -> new ProcessBuilder("true").start().waitFor());
      sayOf("Keep-Alive-Timer", Application::fetch);
      sayOf("HttpClient-1-SelectorManager", Application::fetchByClient);
      sayOf("Timer-0", Application::useTimer);
      say("common pool: " + ForkJoinPool.commonPool().submit(Application::here).get());
      say("late: " + new CompletableFuture<String>().completeOnTimeout("", 1, MILLISECONDS).get());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook: " + here())));
    }

    private static HttpServer serve() throws Exception {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[2]);
            exchange.close();
          });
      server.start();
      return server;
    }

    private static Object fetch() throws Exception {
      HttpURLConnection connection = (HttpURLConnection) new URL(address).openConnection();
      return connection.getInputStream().readAllBytes();
    }

    private static Object fetchByClient() throws Exception {
      HttpClient client = HttpClient.newBuilder().executor(Runnable::run).build();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(20)).build();
      client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return client;
    }

    private static Object useTimer() throws Exception {
      CountDownLatch done = new CountDownLatch(1);
      Timer timer = new Timer();
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              done.countDown();
            }
          },
          1);
      done.await();
      return timer;
    }

    // ---- virtual threads, by reflection: this is compiled for 17 ----

    private static void sayOfVirtualThreads() throws Exception {
      int before = Guests.count(hub);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        threads.add(
            (Thread)
                Thread.class
                    .getMethod("startVirtualThread", Runnable.class)
                    .invoke(null, (Runnable) Application::sleep));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      say("carriers: " + carriers());
      boolean unparker = find("VirtualThread-unparker") != null; // of 21
      boolean delayer = find("ForkJoinPool-1-delayScheduler") != null; // of 25
      say("unparker: " + (unparker || delayer ? "there" : "missing"));
      say("more guests: " + (Guests.count(hub) - before));
    }

    private static String carriers() {
      return Thread.getAllStackTraces().keySet().stream()
          .map(each -> each.getClass().getName())
          .filter(each -> each.contains("Carrier"))
          .findFirst()
          .orElse("?");
    }

    private static void sleep() {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static final String[] EXPECTED = {
    "guests: 1",
    "Reference Handler: there",
    "Finalizer: there",
    "Signal Dispatcher: there",
    "Common-Cleaner: there",
    "Finalizer: plain",
    "Cleaner: plain",
    "Signal Dispatcher's: plain",
    "process reaper: plain",
    "Keep-Alive-Timer: plain",
    "HttpClient-1-SelectorManager: plain",
    "Timer-0: greenlet",
    "common pool: greenlet",
    "late: ",
  };

  private static final String[] EXPECTED_OF_VIRTUAL = {
    "carriers: jdk.internal.misc.CarrierThread", "unparker: there", "more guests: 0",
  };

  @Test
  void shouldStayPlainUnlessTheyRunTheProgram() throws Exception {
    List<String> expected = new ArrayList<>(List.of(EXPECTED));
    if (Runtime.version().feature() >= 21) {
      expected.addAll(List.of(EXPECTED_OF_VIRTUAL));
    }
    expected.add("hook: greenlet");
    try (Program program = new Program(Application.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactlyElementsOf(expected);
    }
  }
}
