package databases;

import atonce.AtOnce;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.JedisPooled;

/** A hundred threads that each wait for Redis for 0.1 s: {@code Jedis PORT}. */
public class Jedis {
  public static void main(String[] args) throws Exception {
    ConnectionPoolConfig config = new ConnectionPoolConfig();
    config.setMaxTotal(100);
    config.setMaxIdle(100);
    try (JedisPooled redis = new JedisPooled(config, "127.0.0.1", Integer.parseInt(args[0]))) {
      AtOnce.Took cold = AtOnce.run(100, i -> work(redis, i));
      AtOnce.Took warm = AtOnce.best(5, 100, i -> work(redis, i));
      System.out.printf("Jedis: counted %s, cold %s, warm %s%n", redis.get("n"), cold, warm);
    }
  }

  static void work(JedisPooled redis, int number) {
    redis.set("key" + number, "value " + number);
    String value = redis.get("key" + number);
    if (!value.equals("value " + number)) {
      throw new IllegalStateException("key" + number + " is " + value);
    }
    redis.blpop(0.1, "empty"); // nobody pushes onto this list
    redis.incr("n");
  }
}
