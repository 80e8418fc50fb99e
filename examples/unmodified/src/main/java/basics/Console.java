package basics;

import java.io.BufferedReader;
import java.io.InputStreamReader;

/** Answers each line, while a clock ticks; most of the time it waits for the next one. */
public class Console {
  public static void main(String[] args) throws Exception {
    Thread clock = new Thread(Console::tick);
    clock.setDaemon(true);
    clock.start();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println("Hello, " + line + "!");
    }
    System.out.println("Bye");
  }

  static void tick() {
    try {
      for (int i = 1; i <= 3; i++) {
        Thread.sleep(200);
        System.out.println("tick " + i);
      }
    } catch (InterruptedException e) {
      // enough
    }
  }
}
