package unmodified;

import static org.assertj.core.api.Assertions.assertThat;

import databases.Jedis;
import databases.Lettuce;
import databases.Postgres;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A hundred waits of 0.1 s each, which would be 10 s one after the other. */
class DatabasesTest {
  private static final Pattern WARM =
      Pattern.compile("warm ([0-9.]+) s, by kernel thread ([0-9 ]+)");

  @Test
  void shouldWaitForRedisAHundredTimesAtOnceWithJedis() throws Exception {
    try (Server redis = Server.redis()) {
      String said = Program.run(Jedis.class, redis.port());
      assertThat(said).contains("counted 600");
      assertAtOnce(said);
    }
  }

  @Test
  void shouldWaitForRedisAHundredTimesAtOnceWithLettuce() throws Exception {
    try (Server redis = Server.redis()) {
      List<String> options = List.of("-Dio.lettuce.core.epoll=false");
      String said = Program.run(options, Lettuce.class, redis.port());
      assertThat(said).contains("over NIO").contains("counted 600");
      assertAtOnce(said);
    }
  }

  @Test
  void shouldWaitForRedisAHundredTimesAtOnceInANativeLibrary() throws Exception {
    try (Server redis = Server.redis()) {
      String said = Program.run(Lettuce.class, redis.port());
      assertThat(said).contains("over epoll").contains("counted 600");
      assertAtOnce(said);
    }
  }

  @Test
  void shouldWaitForPostgresAHundredTimesAtOnceWithAPool() throws Exception {
    try (Server postgres = Server.postgres()) {
      String url = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres?user=test";
      assertAtOnce(Program.run(Postgres.class, url));
    }
  }

  private static void assertAtOnce(String said) {
    Matcher warm = WARM.matcher(said);
    assertThat(warm.find()).as(said).isTrue();
    assertThat(Double.parseDouble(warm.group(1))).as(said).isBetween(0.1, 0.5);
    Program.assertKernelThreads(warm.group(2));
  }
}
