package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.HubTest;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class WriteTimeoutTest extends HubTest {
  @Test
  void shouldGiveUpWritingAnArrayThatNobodyReads() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    pair[0].setTimeout(SHORT);
    assertThatThrownBy(() -> pair[0].write(ByteBuffer.allocate(1 << 22)))
        .isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> pair[0].write(new byte[1 << 22], 0, 1 << 22))
        .isInstanceOf(SocketTimeoutException.class);
    pair[0].close();
    pair[1].close();
  }
}
