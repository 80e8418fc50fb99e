package io.gevent4j.jmh;

/** What the measured VMs are started with. */
final class Flags {
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  /** Everything virtual on one kernel thread, as greenlets are. */
  static final String ONE_CARRIER = "-Djdk.virtualThreadScheduler.parallelism=1";

  static final String NO_SPARE_CARRIER = "-Djdk.virtualThreadScheduler.maxPoolSize=1";

  static final String CONTINUATION = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED";

  static final String NO_SPARE_LENDERS = "-Dgevent4j.spareLenders=0..0";

  private Flags() {}
}
