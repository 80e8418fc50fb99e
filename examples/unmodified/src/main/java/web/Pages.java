package web;

import atonce.AtOnce;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the three servers have to say, for which they ask a slow backend. */
final class Pages {
  private static final String BACKEND = System.getProperty("backend");
  private static final Map<String, LongAdder> PAGES = new ConcurrentHashMap<>();

  private Pages() {}

  /** {@code /pages/N} or {@code /kernel-threads}. */
  static String get(String path) throws IOException {
    return path.equals("/kernel-threads") ? kernelThreads() : page(path.replaceFirst(".*/", ""));
  }

  static String page(String number) throws IOException {
    URI uri = URI.create(BACKEND + "/" + number);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    try (InputStream stream = connection.getInputStream()) {
      AtOnce.count(PAGES);
      return "The backend says: " + new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How many pages each kernel thread has served so far, the largest number first. */
  static String kernelThreads() {
    return AtOnce.shares(PAGES);
  }
}
