/* pin.c: on which processors a kernel thread runs. macOS lets nobody choose. */
#define _GNU_SOURCE
#include "pin.h"

#include "gevent4j.h"

#include <errno.h>
#include <sched.h>

#if defined(__linux__)
int pin_thread(const int32_t *cpus, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; i++) {
    if (cpus[i] < 0 || cpus[i] >= CPU_SETSIZE)
      return GV_EINVAL;
    CPU_SET(cpus[i], &set);
  }
  if (sched_setaffinity(0, sizeof set, &set) == 0)
    return GV_OK;
  return errno == EINVAL ? GV_EINVAL : GV_ESYSTEM - errno;
}
#else
int pin_thread(const int32_t *cpus, int count) {
  (void)cpus;
  (void)count;
  return GV_EUNSUPPORTED;
}
#endif
