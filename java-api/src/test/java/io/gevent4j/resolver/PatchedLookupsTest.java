package io.gevent4j.resolver;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import io.gevent4j.monkey.Monkey;
import io.gevent4j.monkey.Runner;
import io.gevent4j.resolver.DnsServer.Way;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The JDK's own lookups in a program that knows nothing of greenlets go to the setting's resolver.
 */
class PatchedLookupsTest {
  private DnsServer server;

  @BeforeEach
  void startServer() throws Exception {
    server = new DnsServer();
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  private Program run(String resolver, Class<?> program, String... arguments) throws Exception {
    return Runner.gevent4j(
        Stream.concat(
                Stream.of(
                    "run",
                    "-w",
                    "1",
                    "-Dgevent4j.resolver=" + resolver,
                    "-Dgevent4j.resolverNameservers=" + server.address(),
                    "-Dgevent4j.resolverTimeout=0.2",
                    "-Dgevent4j.aresTries=2",
                    program.getName()),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  /** Looks up names, each in a thread of its own, and prints what it finds, and the ms it took. */
  public static class LooksUp {
    public static void main(String[] names) throws Exception {
      String[] found = new String[names.length];
      List<Thread> threads = new ArrayList<>();
      long began = System.nanoTime();
      for (int i = 0; i < names.length; i++) {
        int number = i;
        threads.add(new Thread(() -> found[number] = find(names[number])));
        threads.get(i).start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      Arrays.stream(found).forEach(System.out::println);
      System.out.println((System.nanoTime() - began) / 1_000_000);
    }

    static String find(String name) {
      try {
        return Stream.of(InetAddress.getAllByName(name))
            .map(InetAddress::getHostAddress)
            .sorted()
            .collect(joining(" "));
      } catch (UnknownHostException e) {
        return "UnknownHostException";
      }
    }
  }

  @Test
  void shouldAskTheNameServersOnTheHubsLoop() throws Exception {
    server.host("both.test", "192.0.2.1", "2001:db8::1").host("end.test", "192.0.2.3");
    server.alias("start.test", "end.test").host("cut.test", "192.0.2.4");
    server.manner("cut.test", Way.TRUNCATED).manner("broken.test", Way.SERVFAIL);
    try (Program program =
        run(
            "ares",
            LooksUp.class,
            "both.test",
            "start.test",
            "cut.test",
            "127.1.2.3",
            "none.test",
            "broken.test")) {
      program.assertEnds(0);
      assertThat(program.printed().subList(0, 6))
          .containsExactly(
              "192.0.2.1 2001:db8:0:0:0:0:0:1",
              "192.0.2.3",
              "192.0.2.4",
              "127.1.2.3",
              "UnknownHostException",
              "UnknownHostException");
    }
    assertThat(server.tcpQuestions()).isPositive();
  }

  @Test
  void shouldLookUpManyNamesAtOnce() throws Exception {
    int names = 20;
    Duration delay = Duration.ofMillis(300);
    server.host("*.slow", "192.0.2.7").manner("*.slow", Way.ANSWER, delay);
    String[] asked =
        IntStream.range(0, names).mapToObj(i -> "n" + i + ".slow").toArray(String[]::new);
    try (Program program = run("ares", LooksUp.class, asked)) {
      program.assertEnds(0);
      assertThat(program.printed().subList(0, names)).containsOnly("192.0.2.7");
      assertThat(Long.parseLong(program.printed().get(names))).isLessThan(names * delay.toMillis());
    }
  }

  @Test
  void shouldGiveUpServersThatSayNothing() throws Exception {
    server.host("quick.test", "192.0.2.1").manner("silent.test", Way.SILENT);
    try (Program program = run("ares", LooksUp.class, "silent.test", "quick.test")) {
      program.assertEnds(0);
      assertThat(program.printed().subList(0, 2))
          .containsExactly("UnknownHostException", "192.0.2.1");
    }
  }

  /** Prints the name of each address. */
  public static class LooksUpNames {
    public static void main(String[] addresses) throws Exception {
      for (String address : addresses) {
        System.out.println(InetAddress.getByName(address).getHostName());
      }
    }
  }

  @Test
  void shouldAskForNamesOfAddresses() throws Exception {
    server.pointer("1.2.0.192.in-addr.arpa", "one.test").host("one.test", "192.0.2.1");
    try (Program program = run("ares", LooksUpNames.class, "192.0.2.1", "192.0.2.99")) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("one.test", "192.0.2.99");
    }
  }

  @Test
  void shouldAskTheSystemWhereThatIsSaid() throws Exception {
    server.host("localhost", "192.0.2.1");
    for (String resolver : List.of("thread", "block")) {
      try (Program program = run(resolver, LooksUp.class, "localhost")) {
        program.assertEnds(0);
        assertThat(program.printed().get(0)).contains("127.0.0.1");
      }
    }
    assertThat(server.udpQuestions()).isZero();
  }

  @Test
  void shouldRefuseToStartWithASettingThatIsWrong() throws Exception {
    for (String wrong : List.of("resolverNameservers=no-address", "aresUdpPort=65536")) {
      try (Program program =
          Runner.gevent4j(
              "run", "-Dgevent4j.resolver=ares", "-Dgevent4j." + wrong, LooksUp.class.getName())) {
        program.assertEnds(1);
        assertThat(String.join("\n", program.complaints()))
            .contains(wrong.substring(wrong.indexOf('=') + 1));
        assertThat(program.printed()).isEmpty();
      }
    }
  }

  /** The hub of a thread that looks up a name ends meanwhile; or it is killed. */
  public static class LooksUpInAHub {
    public static void main(String[] how) throws Exception {
      Thread[] guest = new Thread[1];
      Thread owner =
          new Thread(
              () -> {
                Hub.get();
                Monkey.patchAll();
                Greenlet<String> killed = Gevent.spawn(() -> LooksUp.find("silent.test"));
                guest[0] = new Thread(() -> System.out.println(LooksUp.find("cut.slow")));
                guest[0].start();
                Gevent.sleep(0.05);
                killed.kill();
                System.out.println(killed.isDead() ? "killed" : "not killed");
              });
      owner.start();
      owner.join();
      guest[0].join();
    }
  }

  @Test
  void shouldEndWhenItIsKilledAndFindTheNameThoughTheHubEnds() throws Exception {
    server.host("cut.slow", "192.0.2.8").manner("cut.slow", Way.TRUNCATED, Duration.ofMillis(300));
    server.manner("silent.test", Way.SILENT);
    try (Program program =
        Runner.gevent4j(
            "java",
            "-Dgevent4j.resolver=ares",
            "-Dgevent4j.resolverNameservers=" + server.address(),
            LooksUpInAHub.class.getName())) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("killed", "192.0.2.8");
    }
  }
}
