package unmodified;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A real server on a free port, with a folder of its own, which both go with it. */
final class Server implements AutoCloseable {
  private static final Path POSTGRES = Path.of("/usr/lib/postgresql");

  private final Path folder = Files.createTempDirectory("unmodified");
  private final int port = freePort();
  private Process process;

  private Server() throws IOException {}

  /** Redis, which keeps nothing. */
  static Server redis() throws Exception {
    Server server = new Server();
    server.start(
        List.of("redis-server", "--port", server.port(), "--bind", "127.0.0.1", "--save", ""),
        "Ready to accept connections");
    return server;
  }

  /** PostgreSQL with one user, who needs no password, and room for a hundred connections. */
  static Server postgres() throws Exception {
    Server server = new Server();
    Path programs = newest(POSTGRES).resolve("bin");
    List<String> user = List.of();
    if (Files.getOwner(server.folder).getName().equals("root")) { // for whom it does not start
      run(List.of("chown", "postgres", server.folder.toString()));
      user = List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups");
    }
    String data = server.folder.resolve("data").toString();
    run(both(user, programs + "/initdb", "--no-sync", "-A", "trust", "-U", "test", "-D", data));
    List<String> settings =
        List.of("-c", "max_connections=110", "-c", "fsync=off", "-h", "127.0.0.1");
    List<String> start =
        both(user, programs + "/postgres", "-D", data, "-p", server.port(), "-k", data);
    start.addAll(settings);
    server.start(start, "database system is ready to accept connections");
    return server;
  }

  private static Path newest(Path folder) throws IOException {
    try (Stream<Path> versions = Files.list(folder)) {
      return versions
          .max(Comparator.comparing(path -> Integer.parseInt(path.getFileName().toString())))
          .orElseThrow();
    }
  }

  private static List<String> both(List<String> some, String... others) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(others));
    return all;
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(command + " printed " + printed).isZero();
  }

  private void start(List<String> command, String ready) throws IOException {
    process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    BufferedReader lines = process.inputReader(UTF_8);
    StringBuilder printed = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      printed.append(line).append('\n');
      if (line.contains(ready)) {
        return;
      }
    }
    throw new AssertionError(command + " ended and printed " + printed);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  String port() {
    return Integer.toString(port);
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    boolean ended = process.waitFor(10, SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("the server ends when it is told to").isTrue();
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
