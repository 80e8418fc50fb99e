package io.gevent4j.resolver;

import static io.gevent4j.resolver.Resolver.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.HubTest;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every resolver does, and none of it needs a name server. */
abstract class ResolverContract extends HubTest {
  /** One of the calling thread's hub. */
  abstract Resolver make();

  /** Something that calls the resolver under test. */
  @FunctionalInterface
  interface Lookup<T> {
    T in(Resolver resolver) throws Exception;
  }

  <T> T look(Lookup<T> lookup) throws Exception {
    try (Resolver resolver = make()) {
      return lookup.in(resolver);
    }
  }

  /** As {@link #look}; no other greenlet may run meanwhile. */
  <T> T lookAtOnce(Lookup<T> lookup) throws Exception {
    try (Resolver resolver = make()) {
      boolean[] ran = new boolean[1];
      Gevent.spawn(() -> ran[0] = true);
      try {
        return lookup.in(resolver);
      } finally {
        assertThat(ran[0]).as("others ran").isFalse();
      }
    }
  }

  static Set<InetAddress> ips(Collection<AddressInfo> infos) {
    return infos.stream().map(info -> info.address().getAddress()).collect(Collectors.toSet());
  }

  /** The names of the hosts file. */
  static Set<String> hosts() throws Exception {
    Path file = Path.of("/etc/hosts");
    assumeTrue(Files.exists(file), "there is no hosts file");
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.replaceAll("#.*", "").trim().split("\\s+");
      names.addAll(Arrays.asList(words).subList(1, Math.max(1, words.length)));
    }
    return names;
  }

  // ---- at once ----

  @Test
  void shouldAnswerNumericAddressesAtOnce() throws Exception {
    for (String text : List.of("127.0.0.1", "192.0.2.1", "::1", "2001:db8::1", "::")) {
      List<AddressInfo> found = lookAtOnce(resolver -> resolver.getAddrInfo(text, 80));
      InetAddress expected = InetAddress.getByName(text);
      assertThat(found)
          .containsExactly(
              new AddressInfo(
                  expected instanceof Inet4Address ? AF_INET : AF_INET6,
                  SOCK_STREAM,
                  IPPROTO_TCP,
                  "",
                  new InetSocketAddress(expected, 80)));
    }
  }

  @Test
  void shouldAnswerEachTypeOfSocketWhenNoneIsNamed() throws Exception {
    List<AddressInfo> found =
        lookAtOnce(resolver -> resolver.getAddrInfo("192.0.2.1", "53", AF_INET, 0, 0, 0));
    assertThat(found)
        .extracting(AddressInfo::socketType)
        .containsExactly(SOCK_STREAM, SOCK_DGRAM, SOCK_RAW);
  }

  @Test
  void shouldKnowTheScopeOfALinkLocalAddress() throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    for (String scope : List.of(loopback.getName(), "" + loopback.getIndex())) {
      List<AddressInfo> found =
          lookAtOnce(resolver -> resolver.getAddrInfo("fe80::1%" + scope, 80));
      assertThat(found).hasSize(1);
      Inet6Address address = (Inet6Address) found.get(0).address().getAddress();
      assertThat(address.getScopeId()).isEqualTo(loopback.getIndex());
    }
  }

  @Test
  void shouldNotKnowAScopeThatIsNoInterface() throws Exception {
    assertThatThrownBy(() -> lookAtOnce(resolver -> resolver.getAddrInfo("fe80::1%none0", 80)))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("fe80::1%none0");
  }

  @Test
  void shouldAnswerLocalhostAtOnceAndAsTheJdk() throws Exception {
    List<AddressInfo> found = lookAtOnce(resolver -> resolver.getAddrInfo("localhost", 80));
    assertThat(ips(found)).contains(InetAddress.getByName("localhost"));
    assertThat(found)
        .allSatisfy(i -> assertThat(i.address().getAddress().isLoopbackAddress()).isTrue());
    assertThat(found.get(0).address().getHostString()).isEqualTo("localhost");
  }

  @Test
  void shouldAnswerWithoutAHost() throws Exception {
    assertThat(ips(lookAtOnce(resolver -> resolver.getAddrInfo(null, 80))))
        .allSatisfy(address -> assertThat(address.isLoopbackAddress()).isTrue());
    Set<InetAddress> passive =
        ips(
            lookAtOnce(
                resolver ->
                    resolver.getAddrInfo(null, "80", AF_UNSPEC, SOCK_STREAM, 0, AI_PASSIVE)));
    assertThat(passive).allSatisfy(address -> assertThat(address.isAnyLocalAddress()).isTrue());
  }

  @Test
  void shouldKnowServices() throws Exception {
    List<AddressInfo> found = lookAtOnce(resolver -> resolver.getAddrInfo("192.0.2.1", "domain"));
    assertThat(found).extracting(info -> info.address().getPort()).containsOnly(53);
    assertThat(found).extracting(AddressInfo::socketType).contains(SOCK_STREAM, SOCK_DGRAM);
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("192.0.2.1", "no-such")))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("getAddrInfo")
        .hasMessageContaining("no-such");
  }

  @Test
  void shouldKnowSpecialNames() throws Exception {
    assertThat(lookAtOnce(resolver -> resolver.getHostByName("")).getHostAddress())
        .isEqualTo("0.0.0.0");
    for (String name : List.of("<broadcast>", "255.255.255.255")) {
      assertThat(lookAtOnce(resolver -> resolver.getHostByName(name)).getHostAddress())
          .isEqualTo("255.255.255.255");
    }
    assertThat(lookAtOnce(resolver -> resolver.getHostByName("localhost")).isLoopbackAddress())
        .isTrue();
    assertThat((Object) lookAtOnce(resolver -> resolver.getHostByNameEx("192.0.2.1")))
        .isEqualTo(
            new HostInfo("192.0.2.1", List.of(), List.of(InetAddress.getByName("192.0.2.1"))));
  }

  @Test
  void shouldNameNumbersAtOnce() throws Exception {
    InetSocketAddress address = new InetSocketAddress("192.0.2.1", 80);
    assertThat(
            (Object)
                lookAtOnce(
                    resolver -> resolver.getNameInfo(address, NI_NUMERICHOST | NI_NUMERICSERV)))
        .isEqualTo(new NameInfo("192.0.2.1", "80"));
    assertThat((Object) lookAtOnce(resolver -> resolver.getNameInfo(address, NI_NUMERICHOST)))
        .isEqualTo(new NameInfo("192.0.2.1", "http"));
    InetSocketAddress log = new InetSocketAddress("192.0.2.1", 514); // two services have it
    assertThat(lookAtOnce(resolver -> resolver.getNameInfo(log, NI_NUMERICHOST)).service())
        .isEqualTo("shell");
    int datagram = NI_NUMERICHOST | NI_DGRAM;
    assertThat(lookAtOnce(resolver -> resolver.getNameInfo(log, datagram)).service())
        .isEqualTo("syslog");
    InetSocketAddress sixth = new InetSocketAddress("2001:db8::1", 1);
    assertThat(lookAtOnce(resolver -> resolver.getNameInfo(sixth, NI_NUMERICHOST)).host())
        .isEqualTo("2001:db8::1");
  }

  @Test
  void shouldNameLoopbackAtOnceAndAsTheHostsFile() throws Exception {
    assumeTrue(hosts().contains("localhost"), "the hosts file has no localhost");
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    assertThat(lookAtOnce(resolver -> resolver.getHostByAddr("127.0.0.1")).name())
        .isEqualTo("localhost");
    assertThat(lookAtOnce(resolver -> resolver.getHostByAddr(loopback)).addresses())
        .containsExactly(loopback);
    for (int flags : new int[] {0, NI_NAMEREQD}) {
      assertThat(
              (Object)
                  lookAtOnce(
                      resolver -> resolver.getNameInfo(new InetSocketAddress(loopback, 80), flags)))
          .isEqualTo(new NameInfo("localhost", "http"));
    }
  }

  @Test
  void shouldNameLoopbackWithoutItsDomainAsTheSystem() throws Exception {
    InetSocketAddress loopback = new InetSocketAddress("127.0.0.1", 80);
    assertThat((Object) look(resolver -> resolver.getNameInfo(loopback, NI_NOFQDN)))
        .isEqualTo(new BlockResolver().getNameInfo(loopback, NI_NOFQDN));
  }

  @Test
  void shouldFindTheNamesOfTheHostsFileAtOnce() throws Exception {
    assumeTrue(HostsFile.SYSTEM.hasName("localhost", AF_INET, 0), "the hosts file isn't first");
    for (String name : hosts()) {
      InetAddress first = InetAddress.getByName(name);
      int family = first instanceof Inet4Address ? AF_INET : AF_INET6;
      assertThat(ips(lookAtOnce(resolver -> getAddrInfo(resolver, name, family)))).contains(first);
      assertThat(ips(lookAtOnce(resolver -> getAddrInfo(resolver, name, AF_UNSPEC))))
          .contains(first);
      HostInfo host = lookAtOnce(resolver -> resolver.getHostByAddr(first));
      assertThat(host.addresses()).contains(first);
    }
  }

  private static List<AddressInfo> getAddrInfo(Resolver resolver, String name, int family)
      throws Exception {
    return resolver.getAddrInfo(name, "80", family, SOCK_STREAM, 0, 0);
  }

  // ---- as the system ----

  @Test
  void shouldFindTheNamesOfTheHostsFileAsTheJdk() throws Exception {
    for (String name : hosts()) {
      Set<InetAddress> expected = Set.of(InetAddress.getAllByName(name));
      List<AddressInfo> found = look(resolver -> resolver.getAddrInfo(name, 80));
      assertThat(ips(found)).as(name).isEqualTo(expected);
      assertThat(found.get(0).address().getHostString()).isEqualTo(name);
    }
  }

  @Test
  void shouldFindThisHostAsTheSystem() throws Exception {
    String name = localName();
    for (String service : Arrays.asList("80", "0", "domain", "http", null)) {
      List<AddressInfo> expected = new BlockResolver().getAddrInfo(name, service);
      List<AddressInfo> found = look(resolver -> resolver.getAddrInfo(name, service));
      assertThat(found).as(service).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void shouldFindTheHostOfANameAsTheJdk() throws Exception {
    String name = localName();
    InetAddress expected = InetAddress.getByName(name);
    assumeTrue(expected instanceof Inet4Address, "the hosts file names none of IPv4");
    assertThat((Object) look(resolver -> resolver.getHostByName(name))).isEqualTo(expected);
    HostInfo host = look(resolver -> resolver.getHostByNameEx(name));
    assertThat(host.addresses()).contains(expected);
    List<String> names = new ArrayList<>(host.aliases());
    names.add(host.name());
    assertThat(names).contains(name);
  }

  /** A name, other than localhost, that the hosts file has. */
  private static String localName() throws Exception {
    List<String> names = hosts().stream().filter(name -> !name.contains("localhost")).toList();
    assumeTrue(!names.isEmpty(), "the hosts file names only localhost");
    return names.get(0);
  }

  // ---- bad input ----

  @Test
  void shouldRefusePortsThatCannotBe() throws Exception {
    for (String port : List.of("65536", "-1", "99999999999999999999")) {
      assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("localhost", port)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("getAddrInfo")
          .hasMessageContaining(port);
    }
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("localhost", 65536)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("localhost", "")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseFamiliesTypesAndFlagsThatCannotBe() throws Exception {
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("::1", null, 77, 0, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("77");
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("::1", null, 0, 77, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("77");
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("::1", null, 0, 0, 0, 1 << 30)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("40000000");
    InetSocketAddress address = new InetSocketAddress("192.0.2.1", 80);
    assertThatThrownBy(() -> look(resolver -> resolver.getNameInfo(address, 1 << 30)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("40000000");
  }

  @Test
  void shouldNotKnowNamesThatCannotBe() throws Exception {
    String longLabel = "x".repeat(64) + ".test";
    String longName = "x.".repeat(200) + "test";
    for (String name :
        List.of("localhost\0.test", "\0", "ü".repeat(64), "ü..test", longLabel, longName)) {
      for (Lookup<Object> lookup :
          List.<Lookup<Object>>of(
              resolver -> resolver.getAddrInfo(name, 80),
              resolver -> resolver.getHostByName(name),
              resolver -> resolver.getHostByNameEx(name),
              resolver -> resolver.getHostByAddr(name))) {
        assertThatThrownBy(() -> look(lookup))
            .isInstanceOf(LookupException.class)
            .hasMessageStartingWith("get")
            .hasMessageContaining(name)
            .satisfies(e -> assertThat(((LookupException) e).isTemporary()).isFalse());
      }
    }
    assertThatThrownBy(() -> look(resolver -> resolver.getAddrInfo("", 80)))
        .isInstanceOf(LookupException.class);
  }

  @Test
  void shouldNotKnowANameWhereANumberIsAskedFor() throws Exception {
    assertThatThrownBy(
            () ->
                lookAtOnce(
                    resolver ->
                        resolver.getAddrInfo(
                            "www.example.com", "80", AF_UNSPEC, 0, 0, AI_NUMERICHOST)))
        .isInstanceOf(LookupException.class)
        .hasMessageContaining("getAddrInfo www.example.com, 80");
    assertThatThrownBy(
            () -> look(resolver -> resolver.getAddrInfo("127.0.0.1", "80", AF_INET6, 0, 0, 0)))
        .isInstanceOf(LookupException.class);
  }

  @Test
  void shouldNotKnowAServiceWhereANumberIsAskedFor() throws Exception {
    for (String name : List.of("localhost", "192.0.2.1", localName())) {
      assertThatThrownBy(
              () ->
                  look(
                      resolver ->
                          resolver.getAddrInfo(name, "http", AF_UNSPEC, 0, 0, AI_NUMERICSERV)))
          .isInstanceOf(LookupException.class)
          .hasMessageContaining(name + ", http");
    }
  }

  @Test
  void shouldAskNobodyForWhatIsNoName() throws Exception {
    for (String name : List.of("fe80::1%none0", "1:2:3", "a.test:80", "")) {
      assertThatThrownBy(() -> lookAtOnce(resolver -> resolver.getAddrInfo(name, 80)))
          .isInstanceOf(LookupException.class);
      assertThatThrownBy(() -> lookAtOnce(resolver -> resolver.getHostByNameEx(name)))
          .isInstanceOf(LookupException.class);
    }
  }

  @Test
  void shouldRefuseNull() throws Exception {
    assertThatThrownBy(() -> look(resolver -> resolver.getHostByName(null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("name");
    assertThatThrownBy(() -> look(resolver -> resolver.getHostByAddr((String) null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("address");
  }

  @Test
  void shouldCloseTwiceWithoutHarm() {
    Resolver resolver = make();
    resolver.close();
    resolver.close();
  }
}
