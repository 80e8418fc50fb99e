package io.gevent4j.monkey;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Program;
import io.gevent4j.binding.Native;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;

/** A program that waits for a word, and does something else meanwhile. */
final class StandardInput {
  private StandardInput() {}

  static ProcessBuilder command() {
    return new ProcessBuilder(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            StandardInput.class.getName()));
  }

  public static void main(String[] arguments) throws Exception {
    Native.gv_patch(Native.GV_PATCH_STDIN);
    Greenlet<String> reading = Gevent.spawn(() -> new Scanner(System.in).next());
    Gevent.sleep(0.01);
    Program.say(reading.isDead() ? "it doesn't wait" : "others run");
    Program.say("heard " + reading.get());
  }
}
