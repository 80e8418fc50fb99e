import io.gevent4j.Timeout;
import io.gevent4j.pool.Pool;
import io.gevent4j.resolver.Resolver;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** Looks up names, those that are given or a few of its own, at most ten at a time. */
public class DnsMassResolve {
  static int finished;

  public static void main(String[] args) {
    List<String> names =
        args.length > 0
            ? List.of(args)
            : List.of("localhost", "127.0.0.1", "example.com", "example.org", "nowhere.invalid");
    Pool pool = new Pool(10);
    Timeout.silent(Duration.ofSeconds(2))
        .run(
            () -> {
              for (String name : names) {
                pool.spawn(() -> lookUp(name)); // waits while ten are under way
              }
              pool.join();
            });
    System.out.println("finished within 2 seconds: " + finished + "/" + names.size());
  }

  static void lookUp(String name) {
    try {
      String address = Resolver.get().getHostByName(name).getHostAddress();
      System.out.println(name + " = " + address);
    } catch (UnknownHostException e) {
      System.out.println(name + " failed with " + e.getMessage());
    }
    finished++;
  }
}
