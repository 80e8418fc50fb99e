package io.gevent4j.resolver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server on loopback, over UDP and TCP, that says what it is told to say, and misbehaves
 * where it is told to. A name {@code *.x} stands for all that end so.
 */
final class DnsServer implements AutoCloseable {
  /** How it answers a question. */
  enum Way {
    ANSWER,
    SILENT,
    GARBAGE,
    WRONG_ID,
    SERVFAIL,
    /** Over UDP only that there is more; all of it over TCP. */
    TRUNCATED
  }

  static final int A = 1;
  static final int CNAME = 5;
  static final int PTR = 12;
  static final int AAAA = 28;

  private static final int HEADER = 12; // bytes
  private static final int NXDOMAIN = 3;
  private static final int SERVFAIL = 2;

  private record Record(int type, byte[] data, String target) {}

  private record Manner(Way way, Duration delay) {}

  private final Map<String, List<Record>> zone = new ConcurrentHashMap<>();
  private final Map<String, Manner> manners = new ConcurrentHashMap<>();
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final AtomicInteger udpQuestions = new AtomicInteger();
  private final AtomicInteger tcpQuestions = new AtomicInteger();

  DnsServer() throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    this.tcp = new ServerSocket(0, 50, loopback);
    this.udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()));
    udp.setReceiveBufferSize(1 << 20);
    start("udp", this::serveUdp);
    start("tcp", this::serveTcp);
  }

  private interface Loop {
    void run() throws IOException;
  }

  private void start(String name, Loop loop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
              } catch (IOException closed) {
                // as it was told
              }
            },
            "dns-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** As c-ares takes it. */
  String address() {
    return "127.0.0.1:" + tcp.getLocalPort();
  }

  int udpQuestions() {
    return udpQuestions.get();
  }

  int tcpQuestions() {
    return tcpQuestions.get();
  }

  // ---- what it knows ----

  /** Addresses of a name. */
  DnsServer host(String name, String... ips) throws IOException {
    for (String ip : ips) {
      byte[] bytes = InetAddress.getByName(ip).getAddress();
      add(name, new Record(bytes.length == 4 ? A : AAAA, bytes, null));
    }
    return this;
  }

  DnsServer alias(String name, String target) {
    add(name, new Record(CNAME, encode(target), target));
    return this;
  }

  DnsServer pointer(String arpa, String target) {
    add(arpa, new Record(PTR, encode(target), null));
    return this;
  }

  DnsServer manner(String name, Way way, Duration delay) {
    manners.put(name, new Manner(way, delay));
    return this;
  }

  DnsServer manner(String name, Way way) {
    return manner(name, way, Duration.ZERO);
  }

  private void add(String name, Record record) {
    zone.computeIfAbsent(name, key -> new ArrayList<>()).add(record);
  }

  private static <T> T lookUp(Map<String, T> map, String name) {
    T found = map.get(name);
    int dot = name.indexOf('.');
    return found != null || dot < 0 ? found : map.get("*" + name.substring(dot));
  }

  // ---- serving ----

  private void serveUdp() throws IOException {
    byte[] buffer = new byte[4096];
    for (; ; ) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      udp.receive(packet);
      udpQuestions.incrementAndGet();
      byte[] question = Arrays.copyOf(buffer, packet.getLength());
      answer(
          question,
          false,
          reply -> udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress())));
    }
  }

  private void serveTcp() throws IOException {
    for (; ; ) {
      Socket socket = tcp.accept();
      start("connection", () -> serve(socket));
    }
  }

  private void serve(Socket socket) throws IOException {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      for (; ; ) {
        byte[] question = new byte[in.readUnsignedShort()];
        in.readFully(question);
        tcpQuestions.incrementAndGet();
        answer(
            question,
            true,
            reply -> {
              ByteBuffer framed = ByteBuffer.allocate(2 + reply.length);
              out.write(framed.putShort((short) reply.length).put(reply).array());
            });
      }
    }
  }

  private interface Out {
    void send(byte[] reply) throws IOException;
  }

  private void answer(byte[] question, boolean overTcp, Out out) {
    String name = decode(question);
    Manner manner = lookUp(manners, name);
    if (manner == null) {
      manner = new Manner(Way.ANSWER, Duration.ZERO);
    }
    if (manner.way == Way.SILENT) {
      return;
    }
    byte[] reply = reply(question, name, manner.way, overTcp);
    Runnable send =
        () -> {
          try {
            out.send(reply);
          } catch (IOException gone) {
            // who has asked, or this server
          }
        };
    if (manner.delay.isZero()) {
      send.run();
    } else {
      later.schedule(send, manner.delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  // ---- messages ----

  private byte[] reply(byte[] question, String name, Way way, boolean overTcp) {
    if (way == Way.GARBAGE) {
      byte[] garbage = question.clone();
      Arrays.fill(garbage, 2, garbage.length, (byte) 0xff); // its id is right
      return garbage;
    }
    int end = HEADER + name.length() + 2 + 4;
    int type = ((question[end - 4] & 0xff) << 8) | (question[end - 3] & 0xff);
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    int count = 0;
    boolean known = false;
    String at = name;
    while (at != null) {
      List<Record> records = lookUp(zone, at);
      String next = null;
      known |= records != null;
      for (Record record : records == null ? List.<Record>of() : records) {
        if (record.type == type || record.type == CNAME) {
          answers.writeBytes(encode(at));
          answers.writeBytes(
              ByteBuffer.allocate(10)
                  .putShort((short) record.type)
                  .putShort((short) 1)
                  .putInt(60)
                  .putShort((short) record.data.length)
                  .array());
          answers.writeBytes(record.data);
          count++;
          next = record.target;
        }
      }
      at = next;
    }
    boolean cut = way == Way.TRUNCATED && !overTcp;
    int code = way == Way.SERVFAIL ? SERVFAIL : known ? 0 : NXDOMAIN;
    ByteBuffer reply = ByteBuffer.allocate(end + answers.size());
    reply.put(question[0]).put((byte) (way == Way.WRONG_ID ? question[1] + 1 : question[1]));
    reply.put((byte) (0x84 | (question[2] & 1) | (cut ? 2 : 0))).put((byte) (0x80 | code));
    reply.putShort((short) 1).putShort((short) (cut ? 0 : count)).putInt(0);
    reply.put(question, HEADER, end - HEADER);
    return cut ? Arrays.copyOf(reply.array(), end) : reply.put(answers.toByteArray()).array();
  }

  private static String decode(byte[] question) {
    StringBuilder name = new StringBuilder();
    for (int at = HEADER; question[at] != 0; at += question[at] + 1) {
      name.append(name.length() == 0 ? "" : ".");
      name.append(new String(question, at + 1, question[at], US_ASCII));
    }
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private static byte[] encode(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String label : name.split("\\.")) {
      bytes.write(label.length());
      bytes.writeBytes(label.getBytes(US_ASCII));
    }
    bytes.write(0);
    return bytes.toByteArray();
  }

  @Override
  public void close() throws IOException {
    later.shutdownNow();
    udp.close();
    tcp.close();
  }
}
