package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A child closes all descriptors before it becomes another program, some in our memory: greenlets
 * that start children, and those that use these descriptors, don't notice.
 */
class ForksTest {
  private static final int CHILDREN = 40;

  /** Starts children from several threads while others talk over sockets. */
  public static class StartsChildren {
    public static void main(String[] arguments) throws Exception {
      Semaphore echoes = new Semaphore(0);
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket here = new Socket(server.getInetAddress(), server.getLocalPort());
          Socket there = server.accept()) {
        startDaemon(() -> echo(there, null));
        startDaemon(() -> echo(here, echoes));
        here.getOutputStream().write(1);
        startChildren();
        echoes.drainPermits();
        echoes.acquire(100);
      }
      System.out.println("the others talk on");
      try {
        new ProcessBuilder("/no/such/program").start();
      } catch (IOException refused) {
        System.out.println("refused");
      }
    }

    private static void startChildren() throws Exception {
      ExecutorService pool = Executors.newFixedThreadPool(4);
      List<Future<String>> said = new ArrayList<>();
      for (int i = 0; i < CHILDREN; i++) {
        String word = "child " + i;
        said.add(pool.submit(() -> said(new ProcessBuilder("echo", word).start())));
      }
      for (Future<String> each : said) {
        System.out.print(each.get());
      }
      pool.shutdown();
    }

    private static String said(Process child) throws Exception {
      String text = new String(child.getInputStream().readAllBytes());
      return child.waitFor() == 0 ? text : "failed";
    }

    private static void startDaemon(Runnable action) {
      Thread thread = new Thread(action);
      thread.setDaemon(true);
      thread.start();
    }

    /** Sends back what comes, until the end. */
    private static void echo(Socket socket, Semaphore echoes) {
      try {
        for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
          if (echoes != null) {
            echoes.release();
          }
          socket.getOutputStream().write(b);
        }
      } catch (IOException closed) {
        // at the end of the program
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POSIX_SPAWN", "VFORK", "FORK"})
  void shouldStartChildrenWhileOthersUseTheirDescriptors(String how) throws Exception {
    try (Program program =
        Runner.gevent4j(
            "run",
            "-w",
            "2",
            "-Djdk.lang.Process.launchMechanism=" + how,
            StartsChildren.class.getName())) {
      program.assertEnds(0);
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < CHILDREN; i++) {
        expected.add("child " + i);
      }
      expected.addAll(List.of("the others talk on", "refused"));
      assertThat(program.printed()).isEqualTo(expected);
    }
  }
}
