package io.gevent4j.greenlet;

/**
 * What is handed over with a switch, where it is more than a value. A family has one, for only one
 * thing is on its way at a time.
 */
final class Delivery {
  Tracer.Event event; // to be traced; null if nobody wants to know
  RawGreenlet origin;
  Object value;
  Throwable thrown; // to be thrown in place of handing the value over

  void fill(Tracer.Event event, RawGreenlet origin, Object value, Throwable thrown) {
    this.event = event;
    this.origin = origin;
    this.value = value;
    this.thrown = thrown;
  }
}
