package io.gevent4j.jmh;

/**
 * Nanoseconds for one switch, spawn or what it is, the error of that, and bytes allocated by it.
 */
record Figure(double nanos, double error, double bytes) {}
