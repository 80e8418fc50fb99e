package io.gevent4j.resolver;

import static io.gevent4j.resolver.Resolver.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.HubTest;
import io.gevent4j.resolver.DnsServer.Way;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the resolver over c-ares makes of the answers of a name server, and of their absence. */
class AresServerTest extends HubTest {
  private DnsServer server;

  @BeforeEach
  void startServer() throws Exception {
    server = new DnsServer();
    server.host("both.test", "192.0.2.1", "2001:db8::1");
    server.host("new.test", "2001:db8::2");
    server.host("end.test", "192.0.2.3");
    server.alias("middle.test", "end.test").alias("start.test", "middle.test");
    server.pointer("1.2.0.192.in-addr.arpa", "both.test");
    server.pointer("3.2.1.127.in-addr.arpa", "loop.test");
    server.pointer("1." + "0.".repeat(23) + "8.b.d.0.1.0.0.2.ip6.arpa", "both.test");
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  private AresResolver resolver() {
    return new AresResolver(options());
  }

  /** Patient: nothing here waits for it. */
  private AresOptions options() {
    return new AresOptions().servers(server.address()).timeout(LONG).tries(1);
  }

  /** Impatient: a test waits for it to give up. */
  private AresOptions impatient() {
    return new AresOptions().servers(server.address()).timeout(Duration.ofMillis(100)).tries(2);
  }

  private static InetAddress ip(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  private static void assertFails(AresOptions options, String name, boolean temporary) {
    try (AresResolver resolver = new AresResolver(options)) {
      assertThatThrownBy(() -> resolver.getAddrInfo(name, 80))
          .isInstanceOf(LookupException.class)
          .hasMessageStartingWith("getAddrInfo " + name + ", 80: ")
          .satisfies(e -> assertThat(((LookupException) e).isTemporary()).isEqualTo(temporary));
      assertThatThrownBy(() -> resolver.getHostByName(name))
          .isInstanceOf(LookupException.class)
          .hasMessageStartingWith("getHostByName " + name + ": ")
          .satisfies(e -> assertThat(((LookupException) e).isTemporary()).isEqualTo(temporary));
    }
  }

  // ---- answers ----

  @Test
  void shouldFindAddressesOfBothFamilies() throws Exception {
    try (AresResolver resolver = resolver()) {
      List<AddressInfo> both = resolver.getAddrInfo("both.test", 80);
      assertThat(both)
          .containsExactlyInAnyOrder(
              new AddressInfo(
                  AF_INET, SOCK_STREAM, IPPROTO_TCP, "", new InetSocketAddress("192.0.2.1", 80)),
              new AddressInfo(
                  AF_INET6,
                  SOCK_STREAM,
                  IPPROTO_TCP,
                  "",
                  new InetSocketAddress("2001:db8::1", 80)));
      assertThat(both.get(0).address().getHostString()).isEqualTo("both.test");
      assertThat(ResolverContract.ips(resolver.getAddrInfo("both.test", "80", AF_INET, 0, 0, 0)))
          .containsExactly(ip("192.0.2.1"));
      assertThat(ResolverContract.ips(resolver.getAddrInfo("both.test", "80", AF_INET6, 0, 0, 0)))
          .containsExactly(ip("2001:db8::1"));
    }
  }

  @Test
  void shouldAnswerEachTypeOfSocketThatTheServiceHas() throws Exception {
    try (AresResolver resolver = resolver()) {
      assertThat(resolver.getAddrInfo("end.test", "domain"))
          .extracting(AddressInfo::socketType)
          .containsExactly(SOCK_STREAM, SOCK_DGRAM);
      assertThat(resolver.getAddrInfo("end.test", "53", AF_INET, SOCK_DGRAM, 0, 0))
          .extracting(AddressInfo::protocol)
          .containsExactly(IPPROTO_UDP);
      assertThatThrownBy(() -> resolver.getAddrInfo("end.test", "no-such"))
          .isInstanceOf(LookupException.class)
          .hasMessageContaining("end.test, no-such");
    }
  }

  @Test
  void shouldFollowAliases() throws Exception {
    try (AresResolver resolver = resolver()) {
      List<AddressInfo> infos =
          resolver.getAddrInfo("start.test", "80", AF_INET, SOCK_STREAM, 0, AI_CANONNAME);
      assertThat(infos).extracting(AddressInfo::canonicalName).containsExactly("end.test");
      HostInfo host = resolver.getHostByNameEx("start.test");
      assertThat(host.name()).isEqualTo("end.test");
      assertThat(host.aliases()).containsExactlyInAnyOrder("start.test", "middle.test");
      assertThat(host.addresses()).containsExactly(ip("192.0.2.3"));
      assertThat(resolver.getHostByName("start.test")).isEqualTo(ip("192.0.2.3"));
    }
  }

  @Test
  void shouldFindNamesOfAddresses() throws Exception {
    try (AresResolver resolver = resolver()) {
      for (String text : List.of("192.0.2.1", "2001:db8::1")) {
        assertThat(resolver.getHostByAddr(text).name()).isEqualTo("both.test");
        assertThat(resolver.getHostByAddr(text).addresses()).containsExactly(ip(text));
        assertThat(resolver.getNameInfo(new InetSocketAddress(text, 80), 0))
            .isEqualTo(new NameInfo("both.test", "http"));
        assertThat(resolver.getNameInfo(new InetSocketAddress(text, 80), NI_NUMERICSERV))
            .isEqualTo(new NameInfo("both.test", "80"));
      }
      assertThat(resolver.getHostByAddr("both.test").name()).isEqualTo("both.test");
    }
  }

  /** The C library would ask another one, and block the hub meanwhile. */
  @Test
  void shouldAskItsServerForTheNamesOfAddressesThatLoopBack() throws Exception {
    try (AresResolver resolver = resolver()) {
      assertThat(resolver.getHostByAddr("127.1.2.3").name()).isEqualTo("loop.test");
      assertThat(resolver.getNameInfo(new InetSocketAddress("127.1.2.3", 80), 0))
          .isEqualTo(new NameInfo("loop.test", "http"));
      assertThat(server.udpQuestions()).isEqualTo(2);
    }
  }

  @Test
  void shouldFindNoNameOfAnAddressWithoutOne() throws Exception {
    InetSocketAddress nameless = new InetSocketAddress("192.0.2.99", 80);
    try (AresResolver resolver = resolver()) {
      assertThatThrownBy(() -> resolver.getHostByAddr("192.0.2.99"))
          .isInstanceOf(LookupException.class)
          .hasMessageStartingWith("getHostByAddr 192.0.2.99: ");
      assertThat(resolver.getNameInfo(nameless, 0)).isEqualTo(new NameInfo("192.0.2.99", "http"));
      assertThatThrownBy(() -> resolver.getNameInfo(nameless, NI_NAMEREQD))
          .isInstanceOf(LookupException.class)
          .hasMessageStartingWith("getNameInfo /192.0.2.99:80: ");
    }
  }

  @Test
  void shouldResolveBeforeItNames() throws Exception {
    server.host("two.test", "192.0.2.1", "192.0.2.2");
    server.host("one.test", "192.0.2.1");
    try (AresResolver resolver = resolver()) {
      assertThat(resolver.getNameInfo(InetSocketAddress.createUnresolved("one.test", 80), 0))
          .isEqualTo(new NameInfo("both.test", "http"));
      assertThatThrownBy(
              () -> resolver.getNameInfo(InetSocketAddress.createUnresolved("two.test", 80), 0))
          .isInstanceOf(LookupException.class)
          .hasMessageContaining("two.test");
    }
  }

  @Test
  void shouldAskForNamesAsIdnWritesThem() throws Exception {
    server.host("xn--bcher-kva.test", "192.0.2.5");
    try (AresResolver resolver = resolver()) {
      for (String name : List.of("bücher.test", "xn--bcher-kva.test")) {
        assertThat(resolver.getHostByName(name)).isEqualTo(ip("192.0.2.5"));
        assertThat(ResolverContract.ips(resolver.getAddrInfo(name, 80)))
            .containsExactly(ip("192.0.2.5"));
      }
    }
  }

  @Test
  void shouldAskAgainOverTcpWhenTheAnswerIsTruncated() throws Exception {
    String[] ips = IntStream.range(0, 200).mapToObj(i -> "192.0.2." + i).toArray(String[]::new);
    server.host("long.test", ips).manner("long.test", Way.TRUNCATED);
    try (AresResolver resolver = resolver()) {
      assertThat(resolver.getHostByNameEx("long.test").addresses()).hasSize(200);
      assertThat(server.tcpQuestions()).isEqualTo(1);
      assertThat(resolver.getAddrInfo("long.test", 80)).hasSize(200);
    }
  }

  @Test
  void shouldPreferTheHostsFile() throws Exception {
    server.host("localhost", "192.0.2.66");
    try (AresResolver resolver = resolver()) {
      assertThat(resolver.getHostByName("localhost").isLoopbackAddress()).isTrue();
      for (String name : ResolverContract.hosts()) {
        assertThat(resolver.getAddrInfo(name, 80)).isNotEmpty();
      }
    }
    assertThat(server.udpQuestions()).isZero();
  }

  // ---- no answers ----

  @Test
  void shouldTellThatANameDoesNotExist() {
    assertFails(options(), "none.test", false);
    assertFails(options(), "192.0.2.400", false);
  }

  @Test
  void shouldTellThatANameHasNoSuchAddress() throws Exception {
    try (AresResolver resolver = resolver()) {
      assertThatThrownBy(() -> resolver.getHostByName("new.test"))
          .isInstanceOf(LookupException.class)
          .satisfies(e -> assertThat(((LookupException) e).isTemporary()).isFalse());
      assertThat(resolver.getAddrInfo("new.test", 80)).hasSize(1);
    }
  }

  @Test
  void shouldTellThatTheServerFailed() {
    server.manner("broken.test", Way.SERVFAIL);
    assertFails(options(), "broken.test", true);
  }

  @Test
  void shouldGiveUpOnASilentServer() {
    server.manner("silent.test", Way.SILENT);
    assertFails(impatient(), "silent.test", true);
    assertThat(server.udpQuestions()).as("it asked again").isGreaterThanOrEqualTo(4);
  }

  @Test
  void shouldGiveUpOnADeadServer() throws Exception {
    int free;
    try (DatagramSocket socket = new DatagramSocket(0, ip("127.0.0.1"))) {
      free = socket.getLocalPort();
    }
    assertFails(impatient().servers("127.0.0.1:" + free), "both.test", true);
  }

  @Test
  void shouldNotBelieveGarbage() {
    server.manner("garbage.test", Way.GARBAGE).manner("other.test", Way.WRONG_ID);
    assertFails(impatient(), "other.test", true);
    try (AresResolver resolver = new AresResolver(impatient())) {
      assertThatThrownBy(() -> resolver.getAddrInfo("garbage.test", 80))
          .isInstanceOf(LookupException.class);
    }
  }

  @Test
  void shouldAskTheNextServerWhenOneIsSilent() throws Exception {
    try (DnsServer mute = new DnsServer()) {
      mute.manner("both.test", Way.SILENT);
      AresOptions options =
          impatient()
              .servers(List.of(mute.address(), server.address()))
              .timeout(Duration.ofMillis(500)) // for the other one to answer
              .tries(4);
      try (AresResolver resolver = new AresResolver(options)) {
        assertThat(resolver.getAddrInfo("both.test", 80)).hasSize(2);
        assertThat(mute.udpQuestions()).isPositive();
      }
    }
  }

  @Test
  void shouldRefuseServersThatAreNoAddresses() {
    for (String text : List.of("dns.test", "127.0.0.1:port", "127.0.0.1:65536", "[::1]:99999")) {
      assertThatThrownBy(() -> new AresResolver(new AresOptions().servers(text)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(text);
    }
    assertThatThrownBy(() -> new AresOptions().servers(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AresOptions().timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AresOptions().tries(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AresOptions().udpPort(65536))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
