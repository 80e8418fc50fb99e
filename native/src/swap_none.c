/*
 * swap_none.c: the platforms where a thread's identity can't be moved (macOS). The baton serves there, so that nothing
 * but the refusal is ever called.
 */
#include "swap.h"

#include <stdlib.h>

const char *swap_refusal(void) {
  return "this platform does not let a thread write its TLS base";
}

void *swap_berth_new(void) {
  abort();
}

void swap_berth_free(void *berth_top) {
  (void)berth_top;
  abort();
}

bool swap_fence_all(void) {
  return true; /* the baton's mutexes do */
}

void swap_fence_prepare(void) {}

int swap(struct strand *from, struct strand *to) {
  (void)from, (void)to;
  abort();
}

int swap_then(struct strand *from, struct strand *to, void (*then)(void *), void *arg) {
  (void)from, (void)to, (void)then, (void)arg;
  abort();
}

int swap_to_berth(struct strand *self, void *berth_top) {
  (void)self, (void)berth_top;
  abort();
}

void swap_release(struct strand *strand) {
  (void)strand;
  abort();
}

void swap_await(struct strand *strand) {
  (void)strand;
  abort();
}
