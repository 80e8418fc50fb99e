/*
 * interpose_none.c: where the libraries of others can't be given other functions to call.
 */
#include "interpose_io.h"
#include "interpose_vm.h"

_Atomic int interpose_on;
struct interpose_vm interpose_vm;

void interpose_record(const void **cond) {
  (void)cond;
}

enum wait yield_wait(struct gv_greenlet *self) {
  (void)self;
  return WAIT_ALONE;
}

bool interpose_started(void) {
  return false;
}

int interpose_patch(int what) {
  return what == 0 ? 0 : GV_EUNSUPPORTED;
}

int interpose_unpatch(int what) {
  (void)what;
  return 0;
}

int interpose_library(const char *name) {
  (void)name;
  return GV_EUNSUPPORTED;
}

void interpose_natives(const struct native *natives) {
  (void)natives;
}

int names_choose(int choice, const struct resolver_options *options) {
  (void)choice, (void)options;
  return GV_OK; /* of no effect: it is the patch that there isn't */
}

int interpose_count(void) {
  return 0;
}

bool interpose_row(int row, struct slot *slot) {
  (void)row, (void)slot;
  return false;
}
