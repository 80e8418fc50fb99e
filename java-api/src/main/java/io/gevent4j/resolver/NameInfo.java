package io.gevent4j.resolver;

/**
 * What an address is called. gevent: the pairs of {@code getnameinfo}.
 *
 * @param host a name, or an address in digits
 * @param service a name, or a port in digits
 */
public record NameInfo(String host, String service) {}
