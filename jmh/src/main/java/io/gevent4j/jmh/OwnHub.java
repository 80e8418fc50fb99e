package io.gevent4j.jmh;

import io.gevent4j.Hub;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hub of the measuring thread, which is its main greenlet; with it end all its greenlets. */
@State(Scope.Thread)
public class OwnHub {
  private Hub hub;

  @Setup
  public void setUp() {
    hub = Hub.get();
  }

  @TearDown
  public void tearDown() {
    hub.close();
  }
}
