package io.gevent4j.server;

/** What a server does with each connection, in a greenlet of its own. */
@FunctionalInterface
public interface Handler<C> {
  /**
   * Serves a connection. The server closes it when this returns or throws; so nobody else may use
   * it after that. What this throws goes to the error handler of the greenlet's hub.
   */
  void handle(C connection) throws Exception;
}
