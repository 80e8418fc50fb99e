package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.misc.Signal;

/**
 * Signals that are aimed at the kernel threads of guests, which sleep while hubs run their stacks:
 * those that the JDK wakes blocked readers with, the VM's own, the program's, and one that is
 * blocked there and stays pending.
 */
class StraySignalsTest {
  /** Linux's numbers: WINCH, QUIT, USR2, and the JDK's for its readers. */
  private static final List<Integer> SIGNALS = List.of(28, 3, 12, 62);

  static final class Application {
    private static final int ROUNDS = 100;
    private static final AtomicLong CHANGES = new AtomicLong();
    private static final Pattern NUMBER = Pattern.compile("\"guest\".* nid=(0x)?([0-9a-f]+)");

    private volatile boolean over;
    private final AtomicLong rounds = new AtomicLong();
    private final Object monitor = new Object();
    private long counted; // guarded by the monitor

    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll(Options.defaults().hubs(Integer.parseInt(arguments[0])));
      Signal.handle(new Signal("WINCH"), unused -> CHANGES.incrementAndGet());
      new Application().run();
      System.exit(0);
    }

    private void run() throws Exception {
      List<Actor> actors = new ArrayList<>();
      BlockingQueue<Integer> there = new ArrayBlockingQueue<>(1);
      BlockingQueue<Integer> back = new ArrayBlockingQueue<>(1);
      ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      actors.add(repeat(() -> there.put(1)));
      actors.add(repeat(() -> back.put(there.take())));
      actors.add(repeat(back::take));
      actors.add(repeat(() -> Thread.sleep(1)));
      actors.add(repeat(Thread::yield));
      actors.add(repeat(this::count));
      actors.add(repeat(this::count));
      Actor echo = Actor.start("guest", () -> echo(server));
      actors.add(Actor.start("guest", () -> talk(server)));
      rain(actors.size() + 1);
      over = true;
      for (int i = 0; i < actors.size(); i++) {
        if (i < 3) {
          actors.get(i).thread.interrupt(); // the partner may have gone
          actors.get(i).outcome();
        } else {
          actors.get(i).join();
        }
      }
      echo.join();
      say(rounds.get() > 0 && CHANGES.get() > 0 ? "ok" : rounds + " rounds, " + CHANGES);
    }

    private Actor repeat(Actor.Part part) {
      return Actor.start(
          "guest",
          () -> {
            while (!over) {
              part.play();
              rounds.incrementAndGet();
            }
          });
    }

    private void count() throws InterruptedException {
      synchronized (monitor) {
        monitor.wait(1);
        long before = counted;
        Thread.yield();
        Thread.sleep(0);
        counted = before + 1;
        monitor.notify();
      }
    }

    private static void echo(ServerSocket server) throws Exception {
      try (Socket socket = server.accept()) {
        socket.getInputStream().transferTo(socket.getOutputStream());
      }
    }

    private void talk(ServerSocket server) throws Exception {
      try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
        for (int i = 0; !over; i++) {
          socket.getOutputStream().write(i);
          int heard = socket.getInputStream().read();
          if (heard != (i & 0xff)) {
            throw new AssertionError(i + " came back as " + heard);
          }
        }
      }
    }

    /** From another process, at each of them by turns. */
    private static void rain(int guests) throws Exception {
      List<String> command = new ArrayList<>(List.of("python3", "-c", RAIN));
      command.add(Long.toString(ProcessHandle.current().pid()));
      command.add(Integer.toString(ROUNDS));
      command.add(String.join(",", SIGNALS.stream().map(String::valueOf).toList()));
      List<String> numbers = kernelThreads();
      if (numbers.size() != guests) {
        throw new AssertionError(numbers + " are not " + guests);
      }
      command.addAll(numbers);
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(60, SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("it does not rain: " + process);
      }
    }

    private static final String RAIN =
        String.join(
            "\n",
            "import ctypes, sys, time",
            "process, rounds, signals = sys.argv[1:4]",
            "tgkill = ctypes.CDLL(None).tgkill",
            "for i in range(int(rounds)):",
            "  for thread in sys.argv[4:]:",
            "    for signal in signals.split(','):",
            "      assert tgkill(int(process), int(thread), int(signal)) == 0",
            "  time.sleep(0.001)");

    /** As the VM's own dump of threads has them: hexadecimal on 17, decimal on 25. */
    private static List<String> kernelThreads() throws Exception {
      String dump =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "threadPrint",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
      List<String> numbers = new ArrayList<>();
      for (Matcher matcher = NUMBER.matcher(dump); matcher.find(); ) {
        int radix = matcher.group(1) == null ? 10 : 16;
        numbers.add(Integer.toString(Integer.parseInt(matcher.group(2), radix)));
      }
      return numbers;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void shouldDisturbNobody(String hubs) throws Exception {
    try (Program program = new Program(Application.class, hubs)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("ok");
    }
  }
}
