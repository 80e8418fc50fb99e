package io.gevent4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Setting.Source;
import io.gevent4j.greenlet.RawGreenlet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where settings come from, until when, and what is refused. */
class ConfigTest {
  private static final String PROPERTY = "gevent4j.test";
  private static final Values<String> LOOPS = Values.oneOf("libev", "libuv");

  @TempDir Path folder;

  @AfterEach
  void forgetTheProperty() {
    System.clearProperty(PROPERTY);
  }

  /** A setting that no environment gives. */
  private static <T> Setting<T> setting(String byDefault, Values<T> values) {
    return new Setting<>(Source.CODE, "test", "GEVENT4J_NO_SUCH", byDefault, values, "a test");
  }

  /** Takes what every process has in its environment, and any other word. */
  private static Setting<String> settingOfPath() {
    Values<String> words =
        Values.oneOf(System.getenv("PATH").trim(), "default", "property", "code");
    return new Setting<>(Source.CODE, "test", "PATH", "default", words, "a test");
  }

  // ---- precedence ----

  @Test
  void shouldTakeTheDefaultWhenNothingIsGiven() {
    Setting<String> setting = setting("libev", LOOPS);
    assertThat(setting.source()).isEqualTo("default");
    assertThat(setting.value()).isEqualTo("libev").isEqualTo(setting.defaultValue());
  }

  @Test
  void shouldPreferTheEnvironmentToTheDefault() {
    Setting<String> setting = settingOfPath();
    assertThat(setting.source()).isEqualTo("environment PATH");
    assertThat(setting.value()).isEqualTo(System.getenv("PATH").trim());
  }

  @Test
  void shouldPreferThePropertyToTheEnvironment() {
    System.setProperty(PROPERTY, "property");
    Setting<String> setting = settingOfPath();
    assertThat(setting.source()).isEqualTo("property gevent4j.test");
    assertThat(setting.value()).isEqualTo("property");
  }

  @Test
  void shouldPreferCodeToEverythingElse() {
    System.setProperty(PROPERTY, "property");
    Setting<String> setting = settingOfPath();
    setting.set("code");
    assertThat(setting.source()).isEqualTo("code");
    assertThat(setting.value()).isEqualTo("code");
  }

  @Test
  void shouldPreferTheLastOfTwoSets() {
    Setting<String> setting = setting("libev", LOOPS);
    setting.set("libuv");
    setting.set("libev");
    assertThat(setting.value()).isEqualTo("libev");
  }

  // ---- fixed by the first read ----

  @Test
  void shouldRefuseToSetAndNameTheReaderWhenRead() {
    Setting<String> setting = setting("libev", LOOPS);
    setting.value();
    assertThatThrownBy(() -> setting.set("libuv"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("test")
        .hasMessageContaining("ConfigTest.shouldRefuseToSetAndNameTheReaderWhenRead")
        .hasMessageContaining(Thread.currentThread().getName());
    assertThat(setting.value()).isEqualTo("libev");
  }

  @Test
  void shouldKeepValueAndSourceWhenThePropertyChangesAfterTheRead() {
    Setting<String> setting = setting("libev", LOOPS);
    setting.value();
    System.setProperty(PROPERTY, "libuv");
    assertThat(setting.value()).isEqualTo("libev");
    assertThat(setting.source()).isEqualTo("default");
    assertThat(setting.text()).isEqualTo("libev");
  }

  @Test
  void shouldStayOpenWhenOnlyLookedAt() {
    Setting<String> setting = setting("libev", LOOPS);
    setting.source();
    setting.text();
    setting.complaint();
    setting.defaultValue();
    setting.set("libuv");
    assertThat(setting.value()).isEqualTo("libuv");
  }

  @Test
  void shouldEitherSetOrRefuseWhenReadAtTheSameTime() throws Exception {
    for (int round = 0; round < 300; round++) {
      Setting<String> setting = setting("libev", LOOPS);
      CyclicBarrier start = new CyclicBarrier(2);
      FutureTask<String> reader =
          new FutureTask<>(
              () -> {
                start.await();
                return setting.value();
              });
      new Thread(reader).start();
      start.await();
      boolean accepted = true;
      try {
        setting.set("libuv");
      } catch (IllegalStateException tooLate) {
        accepted = false;
      }
      assertThat(reader.get(30, SECONDS)).isEqualTo(accepted ? "libuv" : "libev");
      assertThat(setting.value()).isEqualTo(accepted ? "libuv" : "libev");
    }
  }

  // ---- what is refused ----

  @Test
  void shouldRefuseAnUnknownValueByCodeAndStayAsItWas() {
    Setting<String> setting = setting("libev", LOOPS);
    setting.set("libuv");
    assertThatThrownBy(() -> setting.set("libevent"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("test: \"libevent\" (code) is not libev or libuv");
    assertThat(setting.value()).isEqualTo("libuv");
  }

  @Test
  void shouldRefuseAnUnknownValueOfThePropertyAtTheReadAndLetCodeMendIt() {
    System.setProperty(PROPERTY, "libevent");
    Setting<String> setting = setting("libev", LOOPS);
    assertThatThrownBy(setting::value)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("test: \"libevent\" (property gevent4j.test) is not libev or libuv");
    setting.set("libuv");
    assertThat(setting.value()).isEqualTo("libuv");
  }

  @Test
  void shouldRefuseNull() {
    assertThatThrownBy(() -> setting("libev", LOOPS).set(null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldReadEachKindOfValue() {
    assertThat(readAll(Values.bool(), "true", " YES ", "on", "1"))
        .containsExactly(true, true, true, true);
    assertThat(readAll(Values.bool(), "false", "No", "off", "0"))
        .containsExactly(false, false, false, false);
    assertThat(readAll(Values.count(), "0", " 10")).containsExactly(0, 10);
    assertThat(readAll(Values.seconds("0.001", "60"), "0.001", "1e-2", "60"))
        .containsExactly(0.001, 0.01, 60.0);
    assertThat(readAll(Values.size("144k", "1g"), "144k", "147456", "1M", "1g"))
        .containsExactly(147456L, 147456L, 1L << 20, 1L << 30);
    assertThat(readAll(Values.bounds(), "0..0", "8..1024")).containsExactly("0..0", "8..1024");
  }

  @Test
  void shouldRefuseWhatIsOfNoKind() {
    assertRefused(Values.bool(), "", "maybe", "2");
    assertRefused(Values.count(), "", "-1", "1.5", "99999999999", "ten");
    assertRefused(Values.seconds("0.001", "60"), "", "0", "-1", "61", "NaN", "Infinity", "soon");
    assertRefused(Values.size("144k", "1g"), "", "143k", "147455", "1025m", "2g", "1t", "k", "-1");
    assertRefused(Values.size("144k", "1g"), "999999999999999g");
    assertRefused(Values.bounds(), "", "8", "9..8", "-1..8", "a..b");
    assertRefused(LOOPS, "", "LIBEV", "libev,libuv");
  }

  private static <T> List<T> readAll(Values<T> values, String... texts) {
    return Stream.of(texts).map(text -> read(values, text).value()).toList();
  }

  private static void assertRefused(Values<?> values, String... texts) {
    for (String text : texts) {
      assertThatThrownBy(() -> read(values, text).value())
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("is not " + values.allowed());
    }
  }

  private static <T> Setting<T> read(Values<T> values, String text) {
    System.setProperty(PROPERTY, text);
    return setting("unused", values);
  }

  // ---- the settings there are ----

  @Test
  void shouldHaveGoodDefaultsAndNamesOfTheirOwn() {
    assertThat(Config.all()).allSatisfy(setting -> assertThat(setting.defaultValue()).isNotNull());
    assertThat(Config.all()).extracting(Setting::name).doesNotHaveDuplicates();
    assertThat(Config.all()).extracting(Setting::environment).doesNotHaveDuplicates();
  }

  @Test
  void shouldRefuseToSetByCodeWhatIsReadBelowJavaCode() {
    assertThatThrownBy(() -> Config.STACK_SIZE.set(1L << 20))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("gevent4j.stackSize")
        .hasMessageContaining("GEVENT4J_STACK_SIZE");
    assertThatThrownBy(() -> Config.SWITCH.set("baton"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageEndingWith("give the environment variable GEVENT4J_SWITCH");
    assertThat(Config.SWITCH.property()).isNull();
  }

  // gevent: test__environ.py
  @Test
  void shouldObeyTheEnvironmentInAChild() throws Exception {
    Map<String, String> environment = Map.of("GEVENT_LOOP", "libuv", "GEVENT_BACKEND", "poll");
    Finished finished = run(environment, "-Dgevent4j.loop=libev", Wishes.class.getName());
    assertThat(finished.stdout()).as(finished.stderr()).isEqualTo("libev poll\n");
  }

  /** Prints what a hub would read. */
  static final class Wishes {
    public static void main(String[] args) {
      System.out.println(Config.LOOP.value() + " " + Config.BACKEND.value());
    }
  }

  /** The package below reads its settings itself. Both must be of one opinion. */
  @Test
  void shouldAllowWhatAGreenletCanBeStartedWith() throws Exception {
    Finished finished = run(Map.of(), Opinions.class.getName());
    assertThat(finished.stdout()).as(finished.stderr()).isEqualTo("agreed\n");
  }

  /** After the first greenlet nothing is read any more, so the good ones come last. */
  static final class Opinions {
    public static void main(String[] args) {
      for (String bad : new String[] {"", "143k", "147455", "1025m", "1048577k", "12x", "-1"}) {
        compare(Config.STACK_SIZE, bad, false);
      }
      System.setProperty(Config.STACK_SIZE.property(), "144K ");
      for (String bad : new String[] {"", "8", "9..8", "1..-2", "a..b"}) {
        compare(Config.SPARE_LENDERS, bad, false);
      }
      compare(Config.SPARE_LENDERS, " 1..1", true);
      System.out.println(Config.STACK_SIZE.complaint() == null ? "agreed" : "not agreed");
    }

    private static void compare(Setting<?> setting, String text, boolean good) {
      System.setProperty(setting.property(), text);
      boolean starts = true;
      try {
        new RawGreenlet(value -> value).switchTo();
      } catch (IllegalArgumentException refused) {
        starts = false;
      }
      if (starts != good || (setting.complaint() == null) != good) {
        System.out.println(setting.name() + "=" + text + ": " + setting.complaint());
      }
    }
  }

  // ---- bin/gevent4j config ----

  @Test
  void shouldPrintNameValueSourceAndMeaningInColumns() throws Exception {
    Finished finished = run(Map.of("GEVENT_LOOP", "libuv"), "-Dgevent4j.backend=poll", TABLE);
    assertThat(finished.status()).as(finished.stderr()).isZero();
    List<String> lines = finished.stdout().lines().toList();
    assertThat(lines).hasSizeGreaterThan(Config.all().size());
    assertThat(lines.get(1)).matches("loop +libuv +environment GEVENT_LOOP +library .*");
    assertThat(lines.get(2)).matches("backend +poll +property gevent4j.backend +how .*");
    for (String header : List.of("value", "source", "meaning")) {
      int column = lines.get(0).indexOf(header);
      assertThat(lines.subList(1, Config.all().size() + 1))
          .allMatch(line -> line.substring(column - 1, column + 1).matches(" \\S"));
    }
  }

  @Test
  void shouldPrintTheWholeTableAndEndWithOneWhenAValueIsWrong() throws Exception {
    Finished finished = run(Map.of("GEVENT_LOOP", "foo"), "-Dgevent4j.stackSize=3", TABLE);
    assertThat(finished.status()).isEqualTo(1);
    assertThat(finished.stdout()).contains("\nloop ", " foo ", "\nstackSize ", "\nswitch ");
    assertThat(finished.stderr())
        .endsWith(
            "loop: \"foo\" (environment GEVENT_LOOP) is not libev or libuv\n"
                + "stackSize: \"3\" (property gevent4j.stackSize) is not a size from 144k to 1g\n");
  }

  private static final String TABLE = ConfigTable.class.getName();

  /** What a child process left. */
  private record Finished(int status, String stdout, String stderr) {}

  /** Runs a program in a JVM whose environment has of our variables only these. */
  private Finished run(Map<String, String> environment, String... program) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("--enable-native-access=ALL-UNNAMED");
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.addAll(List.of(program));
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
    Config.all().forEach(setting -> builder.environment().remove(setting.environment()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(60, SECONDS);
    process.destroyForcibly().waitFor();
    assertThat(ended).as("the child has ended").isTrue();
    return new Finished(
        process.exitValue(), Files.readString(stdout, UTF_8), Files.readString(stderr, UTF_8));
  }
}
