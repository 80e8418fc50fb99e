package unmodified;

import static org.assertj.core.api.Assertions.assertThat;

import downloads.Downloads;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import load.SlowBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class DownloadsTest {
  private static final Pattern PRINTED =
      Pattern.compile("one by one ([0-9.]+) s, at once ([0-9.]+) s, by kernel thread ([0-9 ]+)");

  private static SlowBackend server;

  @BeforeAll
  static void startServer() throws Exception {
    server = new SlowBackend(n -> n * 100);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"URL", "HttpURLConnection", "HttpClient", "Apache", "OkHttp"})
  void shouldTakeAsLongAsTheSlowestOfTenWhenAtOnce(String client) throws Exception {
    String said = Program.run(Downloads.class, client, "http://127.0.0.1:" + server.port());
    Matcher printed = PRINTED.matcher(said);
    assertThat(printed.find()).as(said).isTrue();
    assertThat(Double.parseDouble(printed.group(1))).isGreaterThan(5.5);
    assertThat(Double.parseDouble(printed.group(2))).isBetween(1.0, 1.5);
    Program.assertKernelThreads(printed.group(3));
  }
}
