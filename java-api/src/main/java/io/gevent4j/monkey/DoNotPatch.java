package io.gevent4j.monkey;

/** Thrown by a {@link PatchListener}: this is not to be patched. gevent: {@code DoNotPatch}. */
public class DoNotPatch extends Exception {
  private static final long serialVersionUID = 1;

  /** Without a reason. */
  public DoNotPatch() {}

  /** For this reason, which is printed if options are verbose. */
  public DoNotPatch(String reason) {
    super(reason);
  }
}
