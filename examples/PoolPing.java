import io.gevent4j.Gevent;
import io.gevent4j.pool.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pings five hosts, three at a time. Each answers after a while of its own; {@code map} and {@code
 * imap} give the answers in the order of the hosts, {@code imapUnordered} as they come.
 */
public class PoolPing {
  static final Map<String, Integer> hosts = new LinkedHashMap<>(); // with their milliseconds
  static final Pool pool = new Pool(3);
  static int pinging;
  static int most;

  public static void main(String[] args) {
    hosts.put("alpha", 120);
    hosts.put("beta", 20);
    hosts.put("gamma", 70);
    hosts.put("delta", 20);
    hosts.put("epsilon", 120);

    System.out.println("map " + pool.map(PoolPing::ping, hosts.keySet()));
    List<String> ordered = new ArrayList<>();
    for (String host : pool.imap(PoolPing::ping, hosts.keySet())) {
      ordered.add(host);
    }
    System.out.println("imap " + ordered);
    List<String> unordered = new ArrayList<>();
    for (String host : pool.imapUnordered(PoolPing::ping, hosts.keySet())) {
      unordered.add(host);
    }
    System.out.println("imapUnordered " + unordered);
    System.out.println("at most " + most + " at a time, and " + pool.freeCount() + " free");
  }

  static String ping(String host) {
    most = Math.max(most, ++pinging);
    Gevent.sleep(hosts.get(host) / 1000.0);
    pinging--;
    return host;
  }
}
