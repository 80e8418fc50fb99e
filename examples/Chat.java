import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.queue.Queue;
import java.util.List;

/**
 * A chat room. What one writes is put into a queue of each user, and a greenlet for each of them
 * reads it, until the room is closed.
 */
public class Chat {
  static final String CLOSED = "closed";

  record User(String name, Queue<String> inbox) {
    User(String name) {
      this(name, new Queue<>());
    }
  }

  static final User ann = new User("ann");
  static final User ben = new User("ben");
  static final User cleo = new User("cleo");
  static final List<User> room = List.of(ann, ben, cleo);

  public static void main(String[] args) {
    List<Greenlet<Void>> readers =
        room.stream().map(user -> Gevent.spawn(() -> read(user))).toList();
    Gevent.joinAll(
        Gevent.spawn(() -> write(ann, "hello", "anyone?")),
        Gevent.spawn(() -> write(ben, "hi ann")));
    send(CLOSED);
    Gevent.joinAll(readers);
  }

  static void read(User user) {
    for (String message : user.inbox().until(CLOSED)) {
      System.out.println(user.name() + " reads " + message);
    }
    System.out.println(user.name() + " leaves");
  }

  static void write(User user, String... messages) {
    for (String message : messages) {
      System.out.println(user.name() + " writes " + message);
      send(user.name() + ": " + message);
      Gevent.sleep(0);
    }
  }

  static void send(String message) {
    room.forEach(user -> user.inbox().put(message));
  }
}
