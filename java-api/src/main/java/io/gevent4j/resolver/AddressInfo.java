package io.gevent4j.resolver;

import java.net.InetSocketAddress;

/**
 * What a socket can be connected or bound to. gevent: the tuples of {@code getaddrinfo}.
 *
 * @param family {@link Resolver#AF_INET} or {@link Resolver#AF_INET6}
 * @param socketType {@link Resolver#SOCK_STREAM}, {@link Resolver#SOCK_DGRAM} or {@link
 *     Resolver#SOCK_RAW}
 * @param protocol the number of the protocol; 0: any of that type
 * @param canonicalName empty unless it was asked for, and then in the first one only
 * @param address the IP address, which knows the name that was looked up, and the port
 */
public record AddressInfo(
    int family, int socketType, int protocol, String canonicalName, InetSocketAddress address) {}
