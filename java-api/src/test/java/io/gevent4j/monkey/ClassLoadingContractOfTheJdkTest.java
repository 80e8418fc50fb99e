package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Classes that are loaded and initialized by many at once, slowly. */
@Timeout(60)
class ClassLoadingContractOfTheJdkTest {
  private static final int MANY = 10;
  private static final AtomicInteger INITIALIZED = new AtomicInteger();

  static final class Sleepy {
    static final int VALUE;

    static {
      INITIALIZED.incrementAndGet();
      sleep(50);
      VALUE = 7;
    }
  }

  static final class Talkative {
    static final int VALUE = talk();
  }

  private static int talk() {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      Actor peer =
          Actor.start(
              () -> {
                try (Socket accepted = server.accept()) {
                  Thread.sleep(20);
                  accepted.getOutputStream().write(9);
                }
              });
      int value = client.getInputStream().read();
      peer.join();
      return value;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static final class Failing {
    static final int VALUE = fail();

    private static int fail() {
      sleep(50);
      throw new IllegalStateException("fails");
    }
  }

  private static void sleep(int ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldInitializeOnceThoughTheInitializerSleeps() throws Exception {
    Actor.joinAll(Actor.startMany(MANY, () -> assertThat(Sleepy.VALUE).isEqualTo(7)));
    assertThat(INITIALIZED.get()).isEqualTo(1);
  }

  @Test
  void shouldInitializeByWhatIsReadFromASocket() throws Exception {
    Actor.joinAll(Actor.startMany(MANY, () -> assertThat(Talkative.VALUE).isEqualTo(9)));
  }

  @Test
  void shouldTellAllThatAnInitializerFails() throws Exception {
    int failed = 0;
    for (Actor actor : Actor.startMany(MANY, () -> assertThat(Failing.VALUE).isZero())) {
      Throwable thrown = actor.outcome();
      failed += thrown instanceof ExceptionInInitializerError ? 1 : 0;
      assertThat(thrown).isInstanceOf(LinkageError.class);
    }
    assertThat(failed).isEqualTo(1);
  }

  // ---- loaders

  public static class Base {}

  public static class Middle extends Base {}

  public static class Derived extends Middle {
    public int value() {
      return 11;
    }
  }

  public static class Sibling extends Middle {
    public Object friend() {
      return new Derived();
    }
  }

  /** Loads what is nested in here anew, and sleeps meanwhile. */
  static class Slow extends ClassLoader {
    static {
      registerAsParallelCapable();
    }

    final AtomicInteger loaded = new AtomicInteger();

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(ClassLoadingContractOfTheJdkTest.class.getName() + "$")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      ClassLoadingContractOfTheJdkTest.sleep(10);
      String file = "/" + name.replace('.', '/') + ".class";
      try (InputStream in = ClassLoadingContractOfTheJdkTest.class.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        ClassLoadingContractOfTheJdkTest.sleep(10);
        Class<?> defined = defineClass(name, bytes, 0, bytes.length);
        loaded.incrementAndGet();
        return defined;
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  /** The VM takes its monitor around each loading. */
  static final class SlowAndSerial extends Slow {}

  @Test
  void shouldLoadOnceByALoaderThatSleeps() throws Exception {
    load(new Slow());
  }

  @Test
  void shouldLoadOnceByALoaderThatSleepsAndIsLocked() throws Exception {
    load(new SlowAndSerial());
  }

  private static void load(Slow loader) throws Exception {
    AtomicInteger turn = new AtomicInteger();
    String[] names = {Base.class.getName(), Derived.class.getName(), Sibling.class.getName()};
    Actor.joinAll(
        Actor.startMany(
            MANY,
            () -> {
              String name = names[turn.getAndIncrement() % names.length];
              Class<?> type = Class.forName(name, true, loader);
              assertThat(type.getClassLoader()).isSameAs(loader);
              Object made = type.getDeclaredConstructor().newInstance();
              if (name.endsWith("Sibling")) {
                Object friend = type.getMethod("friend").invoke(made);
                assertThat(friend.getClass().getMethod("value").invoke(friend)).isEqualTo(11);
              }
            }));
    assertThat(loader.loaded.get()).isEqualTo(4);
  }
}
