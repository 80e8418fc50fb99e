package io.gevent4j.socket;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for localhost, made once, which those who know it trust. */
public final class Certificates {
  /** Set in a program that a test starts: where the test has them already. */
  static final String MADE = "gevent4j.test.certificates";

  static final Path DIRECTORY =
      System.getProperty(MADE) == null ? make() : Path.of(System.getProperty(MADE));
  static final Path CERTIFICATE = DIRECTORY.resolve("cert.pem");
  static final Path KEY = DIRECTORY.resolve("key.pem");

  private Certificates() {}

  private static Path make() {
    try {
      Path directory = Files.createTempDirectory("gevent4j-tls");
      String store = directory.resolve("keys.p12").toString();
      String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
      run(
          List.of(
              (keytool + " -genkeypair -alias it -keyalg EC -groupname secp256r1 -validity 2")
                  .split(" ")),
          "-dname",
          "CN=localhost",
          "-ext",
          "san=dns:localhost,ip:127.0.0.1",
          "-keystore",
          store,
          "-storepass",
          "secret");
      run(
          List.of((keytool + " -exportcert -rfc -alias it -storepass secret").split(" ")),
          "-keystore",
          store,
          "-file",
          directory.resolve("cert.pem").toString());
      run(
          List.of("openssl pkcs12 -nodes -nocerts -passin pass:secret".split(" ")),
          "-in",
          store,
          "-out",
          directory.resolve("key.pem").toString());
      directory.toFile().deleteOnExit();
      return directory;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(List<String> command, String... more) throws Exception {
    List<String> all = new java.util.ArrayList<>(command);
    all.addAll(List.of(more));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) { // programs that use this have no test frameworks
      throw new IllegalStateException(said);
    }
  }

  // To read the store takes a while. The contexts are new ones, so that no session is resumed.
  private static KeyManager[] keys;
  private static TrustManager[] trusted;

  /** Has the certificate, and trusts it. */
  public static synchronized SSLContext both() throws Exception {
    if (keys == null) {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(load(), "secret".toCharArray());
      keys = factory.getKeyManagers();
    }
    return context(keys);
  }

  /** Trusts it, and has none. */
  public static synchronized SSLContext trust() throws Exception {
    return context(null);
  }

  private static SSLContext context(KeyManager[] keys) throws Exception {
    if (trusted == null) {
      trusted = trusting().getTrustManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trusted, null);
    return context;
  }

  private static TrustManagerFactory trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("it", load().getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    return trust;
  }

  private static KeyStore load() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(DIRECTORY.resolve("keys.p12"))) {
      store.load(in, "secret".toCharArray());
    }
    return store;
  }
}
