package io.gevent4j.resolver;

import static io.gevent4j.resolver.Resolver.AF_INET;
import static io.gevent4j.resolver.Resolver.AF_INET6;
import static io.gevent4j.resolver.Resolver.AF_UNSPEC;
import static io.gevent4j.resolver.Resolver.AI_ADDRCONFIG;
import static io.gevent4j.resolver.Resolver.AI_CANONNAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in the hosts file, of which each test has its own. */
class HostsFileTest {
  @TempDir Path directory;
  private Path hosts;
  private Path services;
  private HostsFile file;

  @BeforeEach
  void open() throws Exception {
    hosts = directory.resolve("hosts");
    services = directory.resolve("nsswitch.conf");
    Files.writeString(services, "passwd: files\nhosts:\tfiles dns # as Debian has it\n");
    file = new HostsFile(hosts, services);
  }

  private boolean has(String name) {
    return file.hasName(name, AF_UNSPEC, 0);
  }

  private static byte[] bytes(String address) throws Exception {
    return InetAddress.getByName(address).getAddress();
  }

  // ---- which names and addresses ----

  @Test
  void shouldHaveNamesAliasesAndAddresses() throws Exception {
    Files.writeString(
        hosts,
        "# 10.0.0.9 hidden\n"
            + "10.0.0.1\tmain.test  Alias.Test # comment.test\n"
            + " 10.0.0.2 late.test#glued.test\r\n"
            + "10.0.0.3\n"
            + "2001:db8::1 six.test\n");
    for (String name : List.of("main.test", "MAIN.test", "alias.test", "late.test", "six.test")) {
      assertThat(has(name)).as(name).isTrue();
    }
    for (String name : List.of("hidden", "comment.test", "glued.test", "10.0.0.1", "main", "")) {
      assertThat(has(name)).as(name).isFalse();
    }
    assertThat(file.hasAddress(bytes("10.0.0.1"))).isTrue();
    assertThat(file.hasAddress(bytes("2001:db8:0::1"))).isTrue();
    assertThat(file.hasAddress(bytes("10.0.0.3"))).as("it has no name").isFalse();
    assertThat(file.hasAddress(bytes("10.0.0.9"))).isFalse();
  }

  /** Where the C library would look for the other kind elsewhere. */
  @Test
  void shouldHaveANameForTheKindsOfAddressesThatItHas() throws Exception {
    Files.writeString(hosts, "10.0.0.1 four.test both.test\n::5 six.test both.test\n");
    assertThat(file.hasName("four.test", AF_UNSPEC, AI_CANONNAME)).isTrue();
    assertThat(file.hasName("four.test", AF_INET, AI_ADDRCONFIG)).isTrue();
    assertThat(file.hasName("four.test", AF_INET6, 0)).isFalse();
    assertThat(file.hasName("four.test", AF_UNSPEC, AI_ADDRCONFIG)).isFalse();
    assertThat(file.hasName("six.test", AF_INET, 0)).isFalse();
    assertThat(file.hasName("six.test", AF_INET6, 0)).isTrue();
    assertThat(file.hasName("both.test", AF_UNSPEC, AI_ADDRCONFIG)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1", "010.0.0.1", "10.0.0.256", "fe80::1%lo", "1::2::3", "[::1]", "x"})
  void shouldPassOverLinesThatTheCLibraryPassesOver(String address) throws Exception {
    Files.writeString(hosts, address + " wrong.test\n10.0.0.1 right.test\n");
    assertThat(has("wrong.test")).isFalse();
    assertThat(has("right.test")).isTrue();
  }

  @Test
  void shouldHaveNothingWhereThereIsNoFileOrTooLargeAOne() throws Exception {
    assertThat(has("one.test")).isFalse();
    Files.createDirectory(hosts);
    assertThat(has("one.test")).isFalse();
    Files.delete(hosts);
    String line = "10.0.0.1 one.test\n";
    Files.writeString(hosts, line.repeat(Reread.MOST / line.length() + 1));
    assertThat(has("one.test")).isFalse();
    Files.writeString(hosts, line);
    assertThat(has("one.test")).isTrue();
  }

  // ---- changes ----

  @Test
  void shouldSeeEveryChange() throws Exception {
    for (int i = 100; i < 200; i++) { // of the same size, and faster than the file's time goes on
      Files.writeString(hosts, "10.0.0.1 name" + i + ".test\n");
      assertThat(has("name" + i + ".test")).as("%s", i).isTrue();
      assertThat(has("name" + (i - 1) + ".test")).as("before %s", i).isFalse();
    }
    Files.delete(hosts);
    assertThat(has("name199.test")).isFalse();
  }

  @Test
  void shouldSeeThatAnotherFileWasPutInItsPlace() throws Exception {
    FileTime old = FileTime.from(Instant.now().minusSeconds(1000));
    Files.writeString(hosts, "10.0.0.1 one.test\n");
    Files.setLastModifiedTime(hosts, old);
    assertThat(has("one.test")).isTrue();
    Path next = directory.resolve("next");
    Files.writeString(next, "10.0.0.1 two.test\n");
    Files.setLastModifiedTime(next, old);
    Files.move(next, hosts, StandardCopyOption.REPLACE_EXISTING);
    assertThat(has("two.test")).isTrue();
    assertThat(has("one.test")).isFalse();
  }

  @Test
  void shouldReadItOnlyOnceAsLongAsItStaysTheSame() throws Exception {
    int[] read = new int[1];
    Reread<Integer> value = new Reread<>(hosts, text -> ++read[0], 0);
    Files.writeString(hosts, "10.0.0.1 one.test\n");
    Files.setLastModifiedTime(hosts, FileTime.from(Instant.now().minusSeconds(1000)));
    for (int i = 0; i < 3; i++) {
      assertThat(value.value()).isEqualTo(1);
    }
  }

  // ---- the order of services ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hosts: files",
        "hosts:files dns",
        "  hosts:   files mdns4_minimal [NOTFOUND=return] dns",
        "hosts: files [NOTFOUND=return] dns [SUCCESS=merge]"
      })
  void shouldCountWhereTheFileIsTheFirst(String line) throws Exception {
    assertThat(hasAsToldBy(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# hosts: files",
        "hosts:",
        "hosts: dns files",
        "hosts: filesystem",
        "hosts: files [SUCCESS=merge] dns",
        "hosts: files [success=continue] dns",
        "hosts: files [!NOTFOUND=continue] dns",
        "hosts: files [NOTFOUND=return] [SUCCESS=merge] dns",
        "hosts: files dns\nhosts: dns files",
        "networks: files"
      })
  void shouldNotCountWhereAnotherIsAskedAsWell(String text) throws Exception {
    assertThat(hasAsToldBy(text)).isFalse();
    Files.delete(services);
    assertThat(has("one.test")).as("nothing is said").isFalse();
  }

  private boolean hasAsToldBy(String text) throws Exception {
    Files.writeString(hosts, "10.0.0.1 one.test\n");
    Files.writeString(services, text + "\n");
    return has("one.test");
  }

  // ---- the resolver, in a process whose /etc has files of the test ----

  static final class Looks {
    public static void main(String[] args) throws Exception {
      Path hosts = Path.of(args[0]);
      try (Hub hub = Hub.get();
          ThreadResolver resolver = new ThreadResolver()) {
        for (String line : List.of("10.0.0.1 one.test", "10.0.0.2 two.test", "::5 six.test")) {
          Files.writeString(hosts, line + "\n");
          String name = line.split(" ")[1];
          boolean[] ran = new boolean[1];
          Gevent.spawn(() -> ran[0] = true);
          InetAddress found = resolver.getAddrInfo(name, 80).get(0).address().getAddress();
          String back = resolver.getHostByAddr(found).name();
          System.out.println(found + " " + back + (ran[0] ? ", others ran" : ", at once"));
          Gevent.sleep(0);
        }
      }
    }
  }

  @Test
  void shouldLetTheThreadResolverAnswerAtOnce() throws Exception {
    Files.writeString(hosts, "");
    List<String> starter =
        List.of(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount --bind '"
                + hosts
                + "' /etc/hosts || exit 99\n"
                + "mount --bind '"
                + services
                + "' /etc/nsswitch.conf || exit 99\n"
                + "exec \"$0\" \"$@\"");
    assumeTrue(
        mayMount(starter), "this system lets the test make no mount namespace: unshare fails");
    try (Program program = Program.startedBy(starter, Looks.class, hosts.toString())) {
      program.assertEnds(0);
      assertThat(program.printed())
          .containsExactly(
              "one.test/10.0.0.1 one.test, at once",
              "two.test/10.0.0.2 two.test, at once",
              "six.test/0:0:0:0:0:0:0:5 six.test, at once");
    }
  }

  private static boolean mayMount(List<String> starter) throws Exception {
    List<String> command = new ArrayList<>(starter);
    command.add("true");
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
