package io.gevent4j.model;

/** Something thrown in the {@link Model}; identity decides which it is. */
final class Thrown extends RuntimeException {
  private static final long serialVersionUID = 1L;

  enum Kind {
    FAULT,
    EXIT,
    TIMEOUT
  }

  final Kind kind;

  Thrown(Kind kind, String name) {
    super(name, null, false, false);
    this.kind = kind;
  }

  /** The one that a kill throws. */
  static Thrown by(Step kill) {
    return new Thrown(kill.has(Step.FAULT) ? Kind.FAULT : Kind.EXIT, kill.weapon());
  }

  boolean isExit() {
    return kind == Kind.EXIT;
  }
}
