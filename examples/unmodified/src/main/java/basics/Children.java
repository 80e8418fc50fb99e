package basics;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Processes: one that is talked to both ways, and one that lasts too long. */
public class Children {
  static final int LINES = 20_000; // far more than a pipe holds

  public static void main(String[] args) throws Exception {
    System.out.println("Children: " + talk() + ", " + tooLong());
  }

  static String talk() throws Exception {
    Process sed = new ProcessBuilder("sed", "s/.*/<&>/").start();
    Thread writer = new Thread(() -> write(sed.outputWriter()));
    writer.start();
    int right = 0;
    try (BufferedReader lines = sed.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        right += line.equals("<line " + right + ">") ? 1 : 0;
      }
    }
    writer.join();
    return right + " lines came back, status " + sed.waitFor();
  }

  static void write(BufferedWriter to) {
    try (to) {
      for (int i = 0; i < LINES; i++) {
        to.write("line " + i + "\n");
      }
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  static String tooLong() throws Exception {
    Process sleep = new ProcessBuilder("sleep", "60").start();
    boolean ended = sleep.waitFor(100, TimeUnit.MILLISECONDS);
    sleep.destroy();
    return "a sleeper " + (ended ? "has" : "has not") + " ended, then " + sleep.waitFor();
  }
}
