package io.gevent4j.resolver;

import java.net.InetAddress;
import java.util.List;

/**
 * A host. gevent: the triples of {@code gethostbyname_ex} and {@code gethostbyaddr}.
 *
 * @param name its canonical name
 * @param aliases its other names, as far as they came along
 * @param addresses one or more
 */
public record HostInfo(String name, List<String> aliases, List<InetAddress> addresses) {}
