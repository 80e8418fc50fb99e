package io.gevent4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.LoopExit;
import io.gevent4j.event.Event;
import io.gevent4j.socket.TcpSocket;
import io.gevent4j.threadpool.ThreadPool;
import org.junit.jupiter.api.Test;

/** A server belongs to one hub; any thread may stop it, and it keeps its hub from being idle. */
class ServerThreadsTest extends ServerTest {
  private void inThread(Body body) throws Exception {
    Throwable thrown = closing(new ThreadPool(1)).apply(() -> thrownBy(body));
    if (thrown != null) {
      throw raise(thrown);
    }
  }

  @Test
  void shouldStopFromAThreadWithoutHub() throws Exception {
    StreamServer server = started(echoServer());
    inThread(server::stop);
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void shouldStopFromAnotherHubOnceItsHandlersAreDone() throws Exception {
    StreamServer server = echoServer();
    server.setSpawn(1);
    server.start();
    TcpSocket client = connect(server);
    assertAnswers(client);
    boolean[] done = new boolean[1];
    Gevent.spawn(
        () -> {
          await(server::isClosed);
          assertAnswers(client);
          done[0] = true;
          client.close();
          return null;
        });
    inThread(
        () -> {
          Gevent.sleep(0);
          server.stop(LONG);
          assertThat(done[0]).isTrue();
        });
  }

  @Test
  void shouldBelongToTheHubOfItsStart() throws Exception {
    StreamServer server = started(echoServer());
    for (Body wrong : new Body[] {server::start, server::startAccepting, server::stopAccepting}) {
      assertThatThrownBy(() -> inThread(wrong))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("it belongs to " + Gevent.getHub());
    }
    assertAnswers(connect(server));
    StreamServer other = echoServer();
    assertThatThrownBy(other::startAccepting)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("it isn't started");
  }

  @Test
  void shouldBeWaitedForByAThreadWithoutHub() throws Exception {
    StreamServer server = started(echoServer());
    Thread[] thread = new Thread[1];
    Gevent.spawn(
        () -> {
          await(() -> thread[0] != null && thread[0].getState() == Thread.State.WAITING);
          server.stop();
        });
    inThread(
        () -> {
          thread[0] = Thread.currentThread();
          server.serveForever();
        });
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void shouldKeepTheHubFromBeingIdleWhileItAccepts() throws Exception {
    Event never = new Event();
    StreamServer server = started(echoServer());
    assertThat(never.await(SHORT.multipliedBy(10))).isFalse();
    assertThat(Gevent.getHub().join(SHORT)).as("nothing is left").isFalse();
    server.stop();
    assertThatThrownBy(never::await).isInstanceOf(LoopExit.class);
    assertThat(Gevent.getHub().join(LONG)).isTrue();
  }
}
