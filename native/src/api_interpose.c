/*
 * api_interpose.c: the exported functions of monkey patching. Each one delegates.
 */
#include "gevent4j.h"
#include "interpose.h"
#include "resolver.h"

#include <stddef.h>

int gv_patch(int what) {
  return interpose_patch(what);
}

int gv_unpatch(int what) {
  return interpose_unpatch(what);
}

int gv_patched(void) {
  return interpose_on;
}

int gv_patch_library(const char *name) {
  return interpose_library(name);
}

int gv_patch_names(int who, const char *servers, int timeout_ms, int tries, int ndots, int udp_port, int tcp_port,
                   int flags) {
  struct resolver_options options = resolver_options_of(servers, timeout_ms, tries, ndots, udp_port, tcp_port, flags);
  return names_choose(who, &options);
}

int gv_slot_count(void) {
  return interpose_count();
}

const char *gv_slot_library(int row) {
  struct slot slot;
  return interpose_row(row, &slot) ? slot.library : NULL;
}

const char *gv_slot_symbol(int row) {
  struct slot slot;
  return interpose_row(row, &slot) ? slot.hook->symbol : NULL;
}

int gv_slot_patch(int row) {
  struct slot slot;
  return interpose_row(row, &slot) ? slot.hook->patch : GV_EINVAL;
}

int gv_slot_state(int row) {
  struct slot slot;
  return interpose_row(row, &slot) ? (int)slot.state : GV_EINVAL;
}
