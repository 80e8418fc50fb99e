import io.gevent4j.Gevent;
import io.gevent4j.queue.Channel;
import io.gevent4j.queue.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Who goes on first when an item is handed over? A queue keeps it, so whoever has put it (p) goes
 * on at once, and then the consumer (c). A channel keeps nothing: the consumer has it first.
 */
public class ChannelOrder {
  static final Channel<Integer> channel = new Channel<>();
  static final Queue<Integer> queue = new Queue<>(1);

  public static void main(String[] args) {
    Gevent.joinAll(
        Gevent.spawn(() -> produce(channel::put)), Gevent.spawn(() -> consume(channel::get)));
    System.out.println();
    Gevent.joinAll(
        Gevent.spawn(() -> produce(queue::put)), Gevent.spawn(() -> consume(queue::get)));
    System.out.println();
  }

  static void produce(Consumer<Integer> put) {
    for (int i = 0; i < 3; i++) {
      put.accept(i);
      System.out.print("p" + i + " ");
    }
  }

  static void consume(Supplier<Integer> get) {
    for (int i = 0; i < 3; i++) {
      System.out.print("c" + get.get() + " ");
    }
  }
}
