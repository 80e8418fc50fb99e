/*
 * loop_libuv.c: libuv's room. The only file that includes uv.h.
 */
#include "loop.h"

#include <uv.h>

const char *loop_libuv_version(void) {
  return uv_version_string();
}
