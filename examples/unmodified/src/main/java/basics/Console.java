package basics;

import java.io.BufferedReader;
import java.io.InputStreamReader;

/** Answers each line, and counts what another thread does while it waits for the next one. */
public class Console {
  static volatile int ticks;

  public static void main(String[] args) throws Exception {
    Thread clock = new Thread(Console::tick);
    clock.setDaemon(true);
    clock.start();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println("Hello, " + line + "!");
    }
    System.out.println("ticked meanwhile: " + (ticks > 0));
  }

  static void tick() {
    try {
      while (true) {
        Thread.sleep(10);
        ticks++;
      }
    } catch (InterruptedException e) {
      // enough
    }
  }
}
