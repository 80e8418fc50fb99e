import io.gevent4j.greenlet.RawGreenlet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Switches to a greenlet and back, with the native libraries of the packaged artifact. */
public class Consumer {
  public static void main(String[] args) throws Exception {
    RawGreenlet greenlet = new RawGreenlet(name -> "hello, " + name);
    System.out.println(greenlet.switchTo("greenlet"));

    // All four libraries, and not by chance those that the machine has installed.
    Path maps = Path.of("/proc/self/maps");
    if (Files.exists(maps)) {
      String loaded = Files.readString(maps);
      String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
      for (String library :
          List.of("libjnigevent4j.so", "libuv.so.1", "libev.so.4", "libcares.so.2")) {
        if (loaded.lines().noneMatch(l -> l.contains(cache) && l.endsWith("/" + library))) {
          System.out.println(library + " was not loaded from " + cache);
        }
      }
    }
  }
}
