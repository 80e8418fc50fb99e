package web;

import atonce.AtOnce;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the three servers have to say, for which they ask a slow backend. */
final class Pages {
  private static final String BACKEND = System.getProperty("backend");
  private static final Set<String> KERNEL_THREADS = ConcurrentHashMap.newKeySet();

  private Pages() {}

  /** {@code /pages/N} or {@code /kernel-threads}. */
  static String get(String path) throws IOException {
    return path.equals("/kernel-threads") ? kernelThreads() : page(path.replaceFirst(".*/", ""));
  }

  static String page(String number) throws IOException {
    URI uri = URI.create(BACKEND + "/" + number);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    try (InputStream stream = connection.getInputStream()) {
      KERNEL_THREADS.add(AtOnce.kernelThread());
      return "The backend says: " + new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How many have served pages so far. */
  static String kernelThreads() {
    return Integer.toString(KERNEL_THREADS.size());
  }
}
