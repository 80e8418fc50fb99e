package io.gevent4j.binding;

import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * How JavaCPP turns {@code gevent4j.h} into {@code Native}: every function a static native, every
 * handle a {@code long}, so that no call allocates.
 */
@Properties(
    value =
        @Platform(
            include = "gevent4j.h",
            library = "jnigevent4j",
            preload = {"uv@.1", "ev@.4", "cares@.2"}),
    target = "io.gevent4j.binding",
    global = "io.gevent4j.binding.Native")
@NoException(true)
public class Presets implements InfoMapper {
  @Override
  public void map(InfoMap infoMap) {
    infoMap.put(new Info("GEVENT4J_H").define(false));
    infoMap.put(new Info("GV_API").cppTypes().annotations());
    infoMap.put(new Info("const char").pointerTypes("String"));
    infoMap.put(handle("gv_family"));
    infoMap.put(handle("gv_greenlet"));
    infoMap.put(handle("gv_hub"));
    infoMap.put(handle("gv_watcher"));
    infoMap.put(handle("gv_socket"));
    infoMap.put(new Info("void").pointerTypes("@Cast(\"void*\") long").valueTypes("void"));
    infoMap.put(handle("gv_address"));
    infoMap.put(handle("gv_datagram"));
    infoMap.put(handle("gv_pollset"));
    infoMap.put(handle("gv_answer"));
    infoMap.put(handle("gv_resolver"));
    infoMap.put(vmCall("public static native int gv_vm_prepare(%s Thread thread);"));
    infoMap.put(
        vmCall("public static native @Cast(\"void*\") long gv_vm_buffer(%s Object buffer);"));
    infoMap.put(vmCall("public static native void gv_vm_forget_locals(%s Thread thread);"));
    infoMap.put(vmCall("public static native int gv_vm_channel_fd(%s Object channel);"));
    infoMap.put(vmCall("public static native void gv_vm_channel_kill(%s Object channel);"));
    infoMap.put(vmCall("public static native int gv_vm_selector_provider(%s Object list);"));
    infoMap.put(vmCall("public static native int gv_vm_threads_prepare(%s Thread thread);"));
    infoMap.put(
        vmCall(
            "public static native int gv_vm_threads_learn(%s Thread thread, int sample, int which);"));
    infoMap.put(vmCall("public static native int gv_vm_threads_join(%s Thread thread);"));
    infoMap.put(vmCall("public static native int gv_vm_threads_watch(%s Thread thread, int on);"));
    infoMap.put(vmCall("public static native void gv_vm_threads_relieve(%s Thread thread);"));
    infoMap.put(
        vmCall("public static native int gv_vm_throw(%s Thread thread, @Raw Throwable thrown);"));
  }

  private static Info handle(String type) {
    return new Info(type).skip().pointerTypes("@Cast(\"" + type + "*\") long");
  }

  /**
   * A function that also gets the JNIEnv and the jclass of the call. The annotation stands on the
   * first parameter because JavaCPP's generator fails where it stands on a method that returns a
   * primitive.
   */
  private static Info vmCall(String declaration) {
    String name = declaration.replaceAll(".* (\\w+)\\(.*", "$1");
    return new Info(name).javaText(String.format(declaration, "@Raw(withEnv = true)"));
  }
}
