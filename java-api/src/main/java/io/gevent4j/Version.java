package io.gevent4j;

import io.gevent4j.binding.Native;
import org.bytedeco.javacpp.Loader;

/** What {@code bin/gevent4j version} prints. */
final class Version {
  private Version() {}

  public static void main(String[] args) {
    System.out.println("gevent4j " + Native.gv_version());
    System.out.println("platform " + Loader.getPlatform());
    System.out.printf(
        "JDK %s (%s, %s)%n",
        System.getProperty("java.version"),
        System.getProperty("java.vendor"),
        System.getProperty("java.vm.name"));
    System.out.println("loops " + Native.gv_loop_libraries());
    System.out.println("resolver c-ares " + Native.gv_resolver_version());
    String refusal = Native.gv_switch_refusal();
    System.out.println(
        "switch "
            + Native.gv_switch_backend()
            + (refusal.isEmpty() ? "" : " (swap refused: " + refusal + ")"));
  }
}
