package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.event.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSocketFactory;

/** Drivers of databases that know nothing of greenlets, over our sockets; against the real ones. */
class DriversTest extends HubTest {
  private static final int MANY = 100;
  private static final String SUPERUSER = "root";

  /** A server in a process and a directory of its own, for as long as a test lasts. */
  private static final class Server implements AutoCloseable {
    final Path directory = Files.createTempDirectory("gevent4j-server");
    final int port = freePort();
    private Process process;

    Server() throws IOException {}

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }

    Process start(List<String> command) throws IOException {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
              .start();
      return process;
    }

    void awaitEnd() throws Exception {
      assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
      assertThat(process.exitValue()).as(log()).isZero();
    }

    private String log() throws IOException {
      return Files.readString(directory.resolve("log"));
    }

    /** Waits until this says that it answers. */
    void awaitReady(Attempt attempt) throws Exception {
      while (!attempt.answers()) {
        assertThat(process.isAlive()).as(log()).isTrue();
        Gevent.sleep(SHORT);
      }
    }

    @Override
    public void close() throws IOException {
      if (process != null) {
        process.destroyForcibly().onExit().join();
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  private interface Attempt {
    boolean answers() throws Exception;
  }

  // ---- Redis ----

  private static Server redis() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/redis-server")), "Redis is not installed");
    Server server = new Server();
    String directory = server.directory.toString();
    server.start(
        List.of(
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            "" + server.port,
            "--dir",
            directory,
            "--save",
            ""));
    server.awaitReady(
        () -> {
          try (Jedis jedis = jedis(server)) {
            return jedis.ping().equals("PONG");
          } catch (RuntimeException notYet) {
            return false;
          }
        });
    return server;
  }

  private static Jedis jedis(Server server) {
    JedisSocketFactory sockets =
        () -> {
          try {
            Socket socket =
                GreenletSocketFactory.getDefault().createSocket("127.0.0.1", server.port);
            socket.setSoTimeout((int) LONG.toMillis());
            return socket;
          } catch (IOException e) {
            throw new redis.clients.jedis.exceptions.JedisConnectionException(e);
          }
        };
    return new Jedis(sockets);
  }

  /** Each of them waits in its own call for what is said to it when all do. */
  @Test
  void shouldLetAHundredGreenletsWaitForRedis() throws Exception {
    try (Server server = redis();
        Jedis speaker = jedis(server)) {
      List<Greenlet<String>> listeners = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        String key = "key" + i;
        listeners.add(
            Gevent.spawn(
                () -> {
                  try (Jedis jedis = jedis(server)) {
                    jedis.set("own " + key, key);
                    String said = jedis.blpop(0, key).get(1);
                    return jedis.get("own " + key) + " " + said;
                  }
                }));
      }
      while (!speaker.info("clients").contains("blocked_clients:" + MANY)) {
        Gevent.sleep(SHORT);
      }
      assertThat(listeners).noneMatch(Greenlet::ready);
      for (int i = MANY - 1; i >= 0; i--) {
        speaker.rpush("key" + i, "said " + i);
      }
      for (int i = 0; i < MANY; i++) {
        assertThat(listeners.get(i).get()).isEqualTo("key" + i + " said " + i);
      }
    }
  }

  // ---- PostgreSQL ----

  /** It refuses to be run by root. */
  private static List<String> postgres(Server server, String program, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals(SUPERUSER)) {
      Files.setOwner(
          server.directory,
          server
              .directory
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName("postgres"));
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.add(program);
    command.addAll(List.of("-D", server.directory.resolve("data").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Of the newest version that is there; null: none. */
  private static Path postgresPrograms() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return null;
    }
    try (Stream<Path> all = Files.list(versions)) {
      return all.map(version -> version.resolve("bin"))
          .filter(bin -> Files.exists(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }

  private static Server postgres() throws Exception {
    Path programs = postgresPrograms();
    assumeTrue(programs != null, "PostgreSQL is not installed");
    Server server = new Server();
    String initdb = programs.resolve("initdb").toString();
    server.start(postgres(server, initdb, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"));
    server.awaitEnd();
    server.start(
        postgres(
            server,
            programs.resolve("postgres").toString(),
            "-h",
            "127.0.0.1",
            "-p",
            "" + server.port,
            "-k",
            "", // no unix socket
            "-N",
            "" + (MANY + 20),
            "-F")); // it needs to survive nothing
    server.awaitReady(
        () -> {
          try (Connection connection = connect(server)) {
            return connection.isValid(0);
          } catch (SQLException notYet) {
            return false;
          }
        });
    return server;
  }

  private static Connection connect(Server server) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + server.port
            + "/postgres?user=test&sslmode=disable&gssEncMode=disable&socketFactory="
            + GreenletSocketFactory.class.getName());
  }

  /** All of them together wait for much longer than it takes. */
  @Test
  void shouldLetAHundredGreenletsWaitForPostgres() throws Exception {
    try (Server server = postgres()) {
      Event go = new Event();
      int[] connected = new int[1];
      long[] nanos = new long[1];
      List<Greenlet<Integer>> askers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        int number = i;
        askers.add(
            Gevent.spawn(
                () -> {
                  try (Connection connection = connect(server);
                      PreparedStatement statement =
                          connection.prepareStatement("select ?::int, pg_sleep(0.1)")) {
                    statement.setInt(1, number);
                    connected[0]++;
                    go.await();
                    long start = System.nanoTime();
                    try (ResultSet result = statement.executeQuery()) {
                      nanos[0] += System.nanoTime() - start;
                      assertThat(result.next()).isTrue();
                      return result.getInt(1);
                    }
                  }
                }));
      }
      while (connected[0] < MANY) {
        assertThat(askers).noneMatch(Greenlet::ready);
        Gevent.sleep(SHORT);
      }
      long start = System.nanoTime();
      go.set();
      for (int i = 0; i < MANY; i++) {
        assertThat(askers.get(i).get()).isEqualTo(i);
      }
      long took = System.nanoTime() - start;
      assertThat(nanos[0]).isGreaterThanOrEqualTo(MANY * 100_000_000L);
      assertThat(took).as("of " + nanos[0]).isLessThan(nanos[0] / 10);
    }
  }

  @Test
  void shouldGiveUpWaitingForPostgresWhenTheTimeIsUp() throws Exception {
    try (Server server = postgres();
        Connection connection = connect(server);
        PreparedStatement statement = connection.prepareStatement("select pg_sleep(30)")) {
      Throwable thrown =
          thrownBy(
              () -> {
                try (Timeout timeout = Timeout.startNew(SHORT)) {
                  statement.executeQuery();
                }
              });
      assertThat(thrown).isInstanceOf(Timeout.class);
    }
  }
}
