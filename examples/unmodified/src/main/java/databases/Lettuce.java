package databases;

import atonce.AtOnce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.stream.Stream;

/** The same with a client that is built on Netty's event loop: {@code Lettuce PORT}. */
public class Lettuce {
  public static void main(String[] args) throws Exception {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + args[0]);
    // Simple commands share a connection; one that blocks would hold up the others on it.
    RedisCommands<String, String> shared = client.connect().sync();
    List<StatefulRedisConnection<String, String>> connections =
        Stream.generate(client::connect).limit(100).toList();
    AtOnce.Took cold = AtOnce.run(100, i -> work(shared, connections.get(i).sync(), i));
    AtOnce.Took warm = AtOnce.best(5, 100, i -> work(shared, connections.get(i).sync(), i));
    System.out.printf(
        "Lettuce over %s: counted %s, cold %s, warm %s%n",
        transport(), shared.get("n"), cold, warm);
    client.shutdown();
  }

  /** By the names that it gives its threads. */
  static String transport() {
    return Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().contains("epollEventLoop"))
        ? "epoll"
        : "NIO";
  }

  static void work(
      RedisCommands<String, String> shared, RedisCommands<String, String> own, int number) {
    shared.set("key" + number, "value " + number);
    String value = shared.get("key" + number);
    if (!value.equals("value " + number)) {
      throw new IllegalStateException("key" + number + " is " + value);
    }
    own.blpop(0.1, "empty"); // nobody pushes onto this list
    shared.incr("n");
  }
}
