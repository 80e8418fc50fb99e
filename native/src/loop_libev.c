/*
 * loop_libev.c: libev's room. The only file that includes ev.h.
 */
#include "loop.h"

#include <ev.h>
#include <stdio.h>

const char *loop_libev_version(void) {
  /* Racing threads write the same bytes. */
  static char version[16];
  snprintf(version, sizeof version, "%d.%02d", ev_version_major(), ev_version_minor());
  return version;
}
