/*
 * no_jvm.c: stands in for jvm.c in programs that have no VM, the C tests and benchmarks.
 */
#include "gevent4j.h"
#include "jvm.h"

#include <stddef.h>

int jvm_prepare(void *env) {
  (void)env;
  return GV_EINVAL;
}

void jvm_forget_locals(void *env, void *thread) {
  (void)env, (void)thread;
}

void *jvm_buffer(void *env, void *buffer) {
  (void)env, (void)buffer;
  return NULL;
}
