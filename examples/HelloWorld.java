import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;

/** Two greenlets take turns: each lets the other run in the middle of what it does. */
public class HelloWorld {
  public static void main(String[] args) {
    Greenlet<Void> foo = Gevent.spawn(HelloWorld::foo);
    Greenlet<Void> bar = Gevent.spawn(HelloWorld::bar);
    print("main", Gevent.getCurrent());
    print("hub", Gevent.getHub());
    Gevent.joinAll(foo, bar); // main waits, so that they run
    System.out.println("done");
  }

  static void foo() {
    print("foo", Gevent.getCurrent());
    Gevent.sleep(0); // to bar
    System.out.println("foo again");
  }

  static void bar() {
    print("bar", Gevent.getCurrent());
    Gevent.sleep(0); // back to foo
    System.out.println("bar again");
  }

  static void print(String name, Object object) {
    System.out.println(name + " is a " + object.getClass().getSimpleName());
  }
}
