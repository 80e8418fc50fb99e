package io.gevent4j.socket;

import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/** Ours keeps the contract. */
class GreenletSocketContractTest extends SocketContract {
  @Override
  SocketFactory sockets() {
    return GreenletSocketFactory.getDefault();
  }

  @Override
  ServerSocketFactory servers() {
    return GreenletServerSocketFactory.getDefault();
  }
}
