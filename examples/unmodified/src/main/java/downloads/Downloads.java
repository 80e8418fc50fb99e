package downloads;

import atonce.AtOnce;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Ten downloads, one after the other and then at once, with one of five clients: {@code Downloads
 * CLIENT URL}, whose server says "page N" for URL/N after N tenths of a second.
 */
public class Downloads {
  interface Client {
    String get(URI uri) throws Exception;
  }

  static final int PAGES = 10;

  static final Map<String, Client> CLIENTS =
      Map.of(
          "URL", Downloads::withUrl,
          "HttpURLConnection", Downloads::withHttpUrlConnection,
          "HttpClient", Downloads::withHttpClient,
          "Apache", Downloads::withApache,
          "OkHttp", Downloads::withOkHttp);

  public static void main(String[] args) throws Exception {
    Client client = CLIENTS.get(args[0]);
    long start = System.nanoTime();
    for (int i = 0; i < PAGES; i++) {
      download(client, args[1], i);
    }
    double oneByOne = (System.nanoTime() - start) / 1e9;
    AtOnce.Took atOnce = AtOnce.best(3, PAGES, i -> download(client, args[1], i));
    System.out.printf("%s: one by one %.2f s, at once %s%n", args[0], oneByOne, atOnce);
    System.exit(0); // some clients have threads that live for a while yet
  }

  static void download(Client client, String server, int number) throws Exception {
    String page = client.get(URI.create(server + "/" + (number + 1)));
    if (!page.equals("page " + (number + 1))) {
      throw new IOException("expected page " + (number + 1) + ": " + page);
    }
  }

  static String withUrl(URI uri) throws IOException {
    try (InputStream stream = uri.toURL().openStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static String withHttpUrlConnection(URI uri) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(5000);
    connection.setReadTimeout(5000); // then it polls before it reads
    try (InputStream stream = connection.getInputStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static final class OfJdk {
    static final HttpClient CLIENT = HttpClient.newHttpClient();
  }

  static String withHttpClient(URI uri) throws IOException, InterruptedException {
    return OfJdk.CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  static final class OfApache {
    static final CloseableHttpClient CLIENT =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(PAGES)
                    .build())
            .build();
  }

  static String withApache(URI uri) throws IOException {
    return OfApache.CLIENT.execute(
        new HttpGet(uri), response -> EntityUtils.toString(response.getEntity()));
  }

  static final class OfSquare {
    static final OkHttpClient CLIENT = new OkHttpClient();
  }

  static String withOkHttp(URI uri) throws IOException {
    Request request = new Request.Builder().url(uri.toString()).build();
    try (Response response = OfSquare.CLIENT.newCall(request).execute()) {
      return response.body().string();
    }
  }
}
