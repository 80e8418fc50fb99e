package io.gevent4j.greenlet;

/**
 * Marks a thread that wakes nobody of its own accord: whoever gives it work counts on what comes of
 * that. It isn't one of those for whose sake a hub waits.
 */
public interface QuietThread {}
