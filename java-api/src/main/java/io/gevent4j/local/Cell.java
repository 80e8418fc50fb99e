package io.gevent4j.local;

/** The value of one GreenletLocal in one greenlet, which alone writes it. */
final class Cell<T> {
  static final Object ABSENT = new Object();

  final GreenletLocal<T> local;
  Object value; // of type T, or ABSENT

  Cell(GreenletLocal<T> local, Object value) {
    this.local = local;
    this.value = value;
  }

  boolean isPresent() {
    return value != ABSENT;
  }

  @SuppressWarnings("unchecked")
  T value() {
    return (T) value;
  }
}
