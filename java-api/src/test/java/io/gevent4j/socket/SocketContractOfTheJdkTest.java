package io.gevent4j.socket;

import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/** The contract is that of the JDK. */
class SocketContractOfTheJdkTest extends SocketContract {
  @Override
  SocketFactory sockets() {
    return SocketFactory.getDefault();
  }

  @Override
  ServerSocketFactory servers() {
    return ServerSocketFactory.getDefault();
  }
}
