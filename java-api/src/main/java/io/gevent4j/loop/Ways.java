package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** By which means of the kernel a loop may wait, and what of it is there. */
final class Ways {
  private static final String[] KNOWN = {
    "epoll", "linuxaio", "iouring", "kqueue", "poll", "select"
  };

  private Ways() {}

  /** gevent's names stand beside ours. */
  static String canonical(String way) {
    if (way == null) {
      return null;
    }
    switch (way) {
      case "linux_aio":
        return "linuxaio";
      case "linux_iouring":
        return "iouring";
      default:
        return way;
    }
  }

  static boolean isSupported(String loop, String way) {
    return Native.gv_loop_supports(loop, canonical(way)) == Native.GV_OK;
  }

  static List<String> supported(String loop) {
    return Stream.of(KNOWN)
        .filter(way -> isSupported(loop, way))
        .collect(Collectors.toUnmodifiableList());
  }

  /** Why there can be no such loop, where there can't. */
  static void require(String loop, String way) {
    if (isSupported(loop, way)) {
      return;
    }
    if (Native.gv_loop_supports(loop, null) == Native.GV_EINVAL) {
      throw new IllegalArgumentException("no such loop: " + loop + "; there are libev, libuv");
    }
    String message = loop + " has no way named " + way + " here; it has " + supported(loop);
    if (Native.gv_loop_supports(loop, canonical(way)) == Native.GV_EINVAL) {
      throw new IllegalArgumentException(message);
    }
    throw new UnsupportedOperationException(message);
  }
}
