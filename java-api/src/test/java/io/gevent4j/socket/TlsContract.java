package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.OpenSockets;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over our sockets, whoever makes it. */
abstract class TlsContract extends HubTest {
  static final InetAddress HERE = InetAddress.getLoopbackAddress();
  static final Consumer<SSLParameters> AS_IS = parameters -> {};

  /** One end of a connection. */
  interface End extends AutoCloseable {
    void handshake() throws IOException;

    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    SSLSession session();

    String protocol();

    void setTimeout(Duration timeout) throws IOException;

    @Override
    void close() throws IOException;
  }

  abstract End client(SSLContext context, String host, int port, Consumer<SSLParameters> how)
      throws Exception;

  /** Where connections are accepted. */
  interface Place extends AutoCloseable {
    int port() throws IOException;

    /** The server's end of the next one. */
    End accept(SSLContext context, Consumer<SSLParameters> how) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Of this machine, for 200 who wait. */
  abstract Place listen() throws IOException;

  static Greenlet<Void> spawn(Body body) {
    return Gevent.spawn(
        () -> {
          Throwable thrown = thrownBy(body);
          if (thrown != null) {
            throw raise(thrown);
          }
          return null;
        });
  }

  static Consumer<SSLParameters> only(String version) {
    return parameters -> parameters.setProtocols(new String[] {version});
  }

  /** Serves one connection: gives back what it reads, in capitals, until the end. */
  final Greenlet<Void> spawnUpper(Place at, Consumer<SSLParameters> how) {
    return spawn(
        () -> {
          try (End end = at.accept(Certificates.both(), how)) {
            byte[] bytes = new byte[1 << 14];
            for (int count; (count = end.in().read(bytes)) >= 0; ) {
              end.out().write(new String(bytes, 0, count).toUpperCase().getBytes());
            }
          }
        });
  }

  // ---- among ourselves ----

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldTalk(String version) throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving = spawnUpper(listener, AS_IS);
      try (End client = client(Certificates.trust(), "localhost", listener.port(), only(version))) {
        client.out().write("hello".getBytes());
        assertThat(client.in().readNBytes(5)).isEqualTo("HELLO".getBytes());
        assertThat(client.session().getProtocol()).isEqualTo(version);
        client.out().write("again".getBytes());
        assertThat(client.in().readNBytes(5)).isEqualTo("AGAIN".getBytes());
      }
      serving.get();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldSendMuchOneWayAndTheOther(String version) throws Exception {
    byte[] much = new byte[3 << 20];
    Arrays.fill(much, (byte) 'a');
    try (Place listener = listen()) {
      Greenlet<Void> serving =
          spawn(
              () -> {
                try (End end = listener.accept(Certificates.both(), AS_IS)) {
                  byte[] got = end.in().readNBytes(much.length);
                  end.out().write(got);
                }
              });
      try (End client = client(Certificates.trust(), "localhost", listener.port(), only(version))) {
        client.out().write(much);
        assertThat(client.in().readAllBytes()).isEqualTo(much);
      }
      serving.get();
    }
  }

  @Test
  void shouldServeAHundredOnOneThread() throws Exception {
    try (Place listener = listen()) {
      SSLContext context = Certificates.trust();
      List<Greenlet<?>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(spawnUpper(listener, AS_IS));
        String text = "i am " + i;
        all.add(
            spawn(
                () -> {
                  try (End client = client(context, "localhost", listener.port(), AS_IS)) {
                    client.out().write(text.getBytes());
                    assertThat(client.in().readNBytes(text.length()))
                        .isEqualTo(text.toUpperCase().getBytes());
                  }
                }));
      }
      for (Greenlet<?> each : all) {
        each.get();
      }
    }
  }

  // ---- the handshake ----

  @Test
  void shouldLetOthersRunWhileAClientIsSilent() throws Exception {
    try (Place listener = listen();
        Socket silent = new Socket(HERE, listener.port())) {
      Greenlet<Throwable> serving =
          Gevent.spawn(
              () ->
                  thrownBy(
                      () -> {
                        try (End end = listener.accept(Certificates.both(), AS_IS)) {
                          end.setTimeout(Duration.ofMillis(300));
                          end.handshake();
                        }
                      }));
      turns();
      Greenlet<Void> other = spawnUpper(listener, AS_IS);
      try (End client = client(Certificates.trust(), "localhost", listener.port(), AS_IS)) {
        client.out().write("x".getBytes());
        assertThat(client.in().read()).isEqualTo('X');
      }
      other.get();
      assertThat(serving.get()).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void shouldFailWhereTheCertificateIsNotTrusted() throws Exception {
    try (Place listener = listen()) {
      Greenlet<Throwable> serving =
          Gevent.spawn(
              () ->
                  thrownBy(
                      () -> {
                        try (End end = listener.accept(Certificates.both(), AS_IS)) {
                          end.handshake();
                          end.in().read();
                        }
                      }));
      try (End client = client(SSLContext.getDefault(), "localhost", listener.port(), AS_IS)) {
        assertThatThrownBy(client::handshake)
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("unable to find valid certification path");
      }
      assertThat(serving.get()).as("was told why").isInstanceOf(SSLException.class);
    }
  }

  @Test
  void shouldFailWhereThePeerSpeaksNoTls() throws Exception {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(HERE, 0))) {
      Greenlet<Throwable> client =
          Gevent.spawn(
              () ->
                  thrownBy(
                      () -> {
                        try (End end =
                            client(Certificates.trust(), "localhost", listener.port(), AS_IS)) {
                          end.handshake();
                        }
                      }));
      try (TcpSocket accepted = listener.accept()) {
        accepted.write("HTTP/1.1 400 what is that?\r\n\r\n".getBytes(), 0, 30);
        assertThat(client.get()).isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  void shouldTellTheServerTheNameAndAgreeOnAProtocol() throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving =
          spawn(
              () -> {
                Consumer<SSLParameters> how =
                    parameters -> parameters.setApplicationProtocols(new String[] {"h2", "x"});
                try (End end = listener.accept(Certificates.both(), how)) {
                  end.handshake();
                  assertThat(((ExtendedSSLSession) end.session()).getRequestedServerNames())
                      .containsExactly(new SNIHostName("localhost"));
                  assertThat(end.protocol()).isEqualTo("x");
                  end.out().write(1);
                }
              });
      Consumer<SSLParameters> how =
          parameters -> {
            parameters.setApplicationProtocols(new String[] {"x", "y"});
            parameters.setServerNames(List.of(new SNIHostName("localhost"))); // it has no dot
          };
      try (End client = client(Certificates.trust(), "localhost", listener.port(), how)) {
        assertThat(client.in().read()).isEqualTo(1);
        assertThat(client.protocol()).isEqualTo("x");
      }
      serving.get();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldKnowItsClientsByTheirCertificates(String version) throws Exception {
    try (Place listener = listen()) {
      Consumer<SSLParameters> how = parameters -> parameters.setNeedClientAuth(true);
      Greenlet<Void> serving =
          spawn(
              () -> {
                try (End end = listener.accept(Certificates.both(), how)) {
                  end.handshake();
                  assertThat(end.session().getPeerPrincipal().getName()).isEqualTo("CN=localhost");
                  end.out().write(1);
                }
              });
      try (End client = client(Certificates.both(), "localhost", listener.port(), only(version))) {
        assertThat(client.in().read()).isEqualTo(1);
      }
      serving.get();

      Greenlet<Throwable> refusing =
          Gevent.spawn(
              () ->
                  thrownBy(
                      () -> {
                        try (End end = listener.accept(Certificates.both(), how)) {
                          end.handshake();
                        }
                      }));
      try (End client = client(Certificates.trust(), "localhost", listener.port(), only(version))) {
        assertThatThrownBy(() -> client.in().read()).isInstanceOf(SSLException.class);
      }
      assertThat(refusing.get()).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void shouldFailWhereTheyAgreeOnNoProtocol() throws Exception {
    try (Place listener = listen()) {
      Greenlet<Throwable> serving =
          Gevent.spawn(
              () ->
                  thrownBy(() -> handshake(listener.accept(Certificates.both(), speaking("h2")))));
      End client = client(Certificates.trust(), "localhost", listener.port(), speaking("x"));
      assertThatThrownBy(() -> handshake(client))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("no_application_protocol");
      assertThat(serving.get()).isInstanceOf(SSLException.class);
    }
  }

  private static void handshake(End end) throws IOException {
    try (end) {
      end.handshake();
    }
  }

  private static Consumer<SSLParameters> speaking(String... protocols) {
    return parameters -> parameters.setApplicationProtocols(protocols);
  }

  @Test
  void shouldGiveUpAHandshakeWithASilentServerAfterTheTimeout() throws Exception {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(HERE, 0));
        End client = client(Certificates.trust(), "localhost", listener.port(), AS_IS)) {
      client.setTimeout(Duration.ofMillis(50));
      Greenlet<Throwable> shaking = Gevent.spawn(() -> thrownBy(client::handshake));
      try (TcpSocket silent = listener.accept()) {
        assertThat(shaking.get()).isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  // ---- reading ----

  @Test
  void shouldGiveUpReadingAfterTheTimeoutAndGoOn() throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving = spawnUpper(listener, AS_IS);
      try (End client = client(Certificates.trust(), "localhost", listener.port(), AS_IS)) {
        client.handshake();
        client.setTimeout(Duration.ofMillis(50));
        assertThatThrownBy(() -> client.in().read()).isInstanceOf(SocketTimeoutException.class);
        client.setTimeout(LONG);
        client.out().write('b');
        assertThat(client.in().read()).isEqualTo('B');
      }
      serving.get();
    }
  }

  // ---- writing ----

  // gevent: test__ssl.py test_sendall_empty
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldWriteNothing(String version) throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving = spawnUpper(listener, AS_IS);
      try (End client = client(Certificates.trust(), "localhost", listener.port(), only(version))) {
        client.out().write(new byte[0]);
        client.out().write('a');
        client.out().write(new byte[0]);
        assertThat(client.in().read()).isEqualTo('A');
      }
      serving.get();
    }
  }

  // ---- faults ----

  /** Says something and hears it again, until one of them goes. */
  private static void talk(InputStream in, OutputStream out) throws IOException {
    do {
      out.write(new byte[5000]);
    } while (in.readNBytes(5000).length == 5000);
    throw new EOFException();
  }

  /** In the handshake as well as later; nobody hangs, and nothing but an IOException comes. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldSurviveAResetAtAnyMoment(boolean ofClient) throws Exception {
    SSLContext context = Certificates.both();
    OpenSockets sockets = new OpenSockets();
    for (int round = 0; round < 40; round++) {
      try (Place place = listen();
          TcpListener listener = TcpListener.bind(new InetSocketAddress(HERE, 0))) {
        Greenlet<Throwable> talking =
            Gevent.spawn(
                () ->
                    thrownBy(
                        () -> {
                          try (End end =
                              ofClient
                                  ? place.accept(context, AS_IS)
                                  : client(context, "localhost", listener.port(), AS_IS)) {
                            end.setTimeout(LONG);
                            talk(end.in(), end.out());
                          }
                        }));
        TcpSocket raw = ofClient ? TcpSocket.connect("localhost", place.port()) : listener.accept();
        TlsSocket peer =
            ofClient
                ? TlsSocket.client(context, raw, "localhost", 1)
                : TlsSocket.server(context, raw);
        Greenlet<Throwable> peers =
            Gevent.spawn(() -> thrownBy(() -> talk(peer.inputStream(), peer.outputStream())));
        for (int i = 0; i < round; i++) {
          turn();
        }
        raw.setOption(StandardSocketOptions.SO_LINGER, 0);
        raw.close();
        assertThat(talking.get(LONG)).isInstanceOf(IOException.class);
        assertThat(peers.get(LONG)).isInstanceOf(IOException.class);
      }
    }
    assertThat(sockets.opened()).isEmpty();
  }

  // ---- others ----

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void shouldServeOpenssl(String version) throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving = spawnUpper(listener, AS_IS);
      Process openssl =
          start(
              "openssl",
              "s_client",
              "-quiet",
              "-no_ign_eof",
              version,
              "-verify_return_error",
              "-CAfile",
              Certificates.CERTIFICATE.toString(),
              "-servername",
              "localhost",
              "-connect",
              "127.0.0.1:" + listener.port());
      openssl.getOutputStream().write("good morning\n".getBytes());
      openssl.getOutputStream().flush();
      assertThat(lineOf(openssl, "GOOD")).isEqualTo("GOOD MORNING");
      openssl.getOutputStream().close(); // it sends close_notify
      serving.get();
      assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** What openssl sees of the names, of what was agreed on, and of the end. */
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void shouldTellOpensslTheProtocolAndTheEnd(String version) throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving =
          spawn(
              () -> {
                try (End end = listener.accept(Certificates.both(), speaking("h2", "x"))) {
                  end.out().write("this is all\n".getBytes());
                  assertThat(((ExtendedSSLSession) end.session()).getRequestedServerNames())
                      .containsExactly(new SNIHostName("some.name"));
                }
              });
      Process openssl =
          start(
              "openssl",
              "s_client",
              "-state",
              version,
              "-alpn",
              "x,y",
              "-servername",
              "some.name",
              "-connect",
              "127.0.0.1:" + listener.port());
      String printed =
          Gevent.spawn(
                  () ->
                      Hub.get().blocking(() -> new String(openssl.getInputStream().readAllBytes())))
              .get();
      serving.get();
      assertThat(printed.lines())
          .contains("ALPN protocol: x", "this is all")
          .contains("SSL3 alert read:warning:close notify");
    }
  }

  /** The first line that begins so; while the hub goes on. */
  private static String lineOf(Process process, String begin) throws Exception {
    return Gevent.spawn(() -> Hub.get().blocking(() -> readLine(process, begin))).get();
  }

  private static String readLine(Process process, String begin) throws IOException {
    StringBuilder all = new StringBuilder();
    StringBuilder line = new StringBuilder();
    for (int c; (c = process.getInputStream().read()) >= 0; ) { // and nothing that comes after it
      if (c != '\n') {
        line.append((char) c);
      } else if (line.indexOf(begin) == 0) {
        return line.toString();
      } else {
        all.append(line).append('\n');
        line.setLength(0);
      }
    }
    throw new AssertionError(all);
  }

  @Test
  void shouldServeCurl() throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving =
          spawn(
              () -> {
                try (End end = listener.accept(Certificates.both(), AS_IS)) {
                  BufferedReader in = new BufferedReader(new InputStreamReader(end.in()));
                  assertThat(in.readLine()).isEqualTo("GET /page HTTP/1.1");
                  while (!in.readLine().isEmpty()) {}
                  end.out()
                      .write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na page\n".getBytes());
                }
              });
      Process curl =
          start(
              "curl",
              "-s",
              "--cacert",
              Certificates.CERTIFICATE.toString(),
              "https://localhost:" + listener.port() + "/page");
      serving.get();
      assertThat(new String(curl.getInputStream().readAllBytes())).isEqualTo("a page\n");
      assertThat(curl.waitFor()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void shouldTalkToOpenssl(String version) throws Exception {
    Process openssl =
        start(
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-rev",
            "-state",
            version,
            "-alpn",
            "rev",
            "-cert",
            Certificates.CERTIFICATE.toString(),
            "-key",
            Certificates.KEY.toString());
    try {
      String line = lineOf(openssl, "ACCEPT ");
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      Consumer<SSLParameters> how =
          parameters -> parameters.setApplicationProtocols(new String[] {"rev"});
      try (End client = client(Certificates.trust(), "localhost", port, how)) {
        client.out().write("stressed\n".getBytes());
        assertThat(client.in().readNBytes(9)).isEqualTo("desserts\n".getBytes());
        assertThat(client.protocol()).isEqualTo("rev");
      }
      lineOf(openssl, "SSL3 alert read:warning:close notify");
    } finally {
      openssl.destroy();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"end", "break off"})
  void shouldReadTheEndWhetherThePeerSaysSoOrNot(String how) throws Exception {
    String program =
        """
        import socket, ssl, sys
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server = socket.create_server(('127.0.0.1', 0))
        print(server.getsockname()[1], flush=True)
        raw, _ = server.accept()
        client = context.wrap_socket(raw, server_side=True)
        client.sendall(client.recv(100).upper())
        client.recv(100)
        if sys.argv[3] == 'end':
            client.unwrap()
        client.close()
        """;
    Process python =
        new ProcessBuilder(
                "python3",
                "-c",
                program,
                Certificates.CERTIFICATE.toString(),
                Certificates.KEY.toString(),
                how)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      int port = Integer.parseInt(lineOf(python, ""));
      try (End client = client(Certificates.trust(), "localhost", port, AS_IS)) {
        client.out().write("snake".getBytes());
        assertThat(client.in().readNBytes(5)).isEqualTo("SNAKE".getBytes());
        client.out().write("bye".getBytes());
        assertThat(client.in().read()).isEqualTo(-1);
        checkEnd(client, how.equals("end"));
      }
      assertThat(python.waitFor()).isZero();
    } finally {
      python.destroy();
    }
  }

  void checkEnd(End client, boolean said) {}

  /** The JDK takes another handshake that a client begins, unless a property forbids that. */
  @Test
  void shouldRenegotiateAsTheJdkDoes() throws Exception {
    try (Place listener = listen()) {
      Greenlet<Void> serving = spawnUpper(listener, AS_IS);
      Process openssl =
          start(
              "openssl",
              "s_client",
              "-tls1_2",
              "-CAfile",
              Certificates.CERTIFICATE.toString(),
              "-connect",
              "127.0.0.1:" + listener.port());
      OutputStream out = openssl.getOutputStream();
      out.write("before\n".getBytes());
      out.flush();
      assertThat(lineOf(openssl, "BEFORE")).isEqualTo("BEFORE");
      out.write("R\n".getBytes());
      out.flush();
      assertThat(lineOf(openssl, "RENEGOTIATING")).isNotEmpty();
      Gevent.sleep(Duration.ofMillis(200)); // what is written at once would be part of that
      out.write("after\n".getBytes());
      out.flush();
      assertThat(lineOf(openssl, "AFTER")).isEqualTo("AFTER");
      out.close();
      serving.get();
    }
  }
}
