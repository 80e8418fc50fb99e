#define _GNU_SOURCE
#include "status.h"

#include "gevent4j.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {
    [-GV_OK] = "no error",
    [-GV_EOWNER] = "the thread of this greenlet has ended",
    [-GV_EEXIT] = "the process ends",
    [-GV_ESPARE] = "there are enough spare threads",
    [-GV_EEMPTY] = "there is no spare thread",
    [-GV_ENOMEM] = "out of memory",
    [-GV_EINVAL] = "invalid argument",
    [-GV_ETHREAD] = "it belongs to another thread",
    [-GV_EUNSUPPORTED] = "it is not there on this machine, or in this build",
    [-GV_EVM] = "the Java virtual machine needs it itself",
    [-GV_ESTRAY] = "switched to by somebody who did not wake it",
    [-GV_EHUB] = "the hub must not wait for itself",
    [-GV_EIDLE] = "nothing is left that could happen",
    [-GV_ETIMEDOUT] = "timed out",
    [-GV_ECLOSED] = "it was closed",
    [-GV_EBUSY] = "somebody else waits for it",
};

static const struct {
  const char *name;
  int number;
} errors[] = {
    {"EACCES", EACCES},
    {"EADDRINUSE", EADDRINUSE},
    {"EADDRNOTAVAIL", EADDRNOTAVAIL},
    {"EAFNOSUPPORT", EAFNOSUPPORT},
    {"EBADF", EBADF},
    {"ECONNREFUSED", ECONNREFUSED},
    {"ECONNRESET", ECONNRESET},
    {"EHOSTUNREACH", EHOSTUNREACH},
    {"EINVAL", EINVAL},
    {"ENETUNREACH", ENETUNREACH},
    {"ENOTSOCK", ENOTSOCK},
    {"ETIMEDOUT", ETIMEDOUT},
};

int status_errno(const char *name) {
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
    if (strcmp(errors[i].name, name) == 0)
      return errors[i].number;
  return 0;
}

static const char *error_text(int error) {
  static _Thread_local char text[128];
#ifdef __GLIBC__
  const char *name = strerrorname_np(error);
  const char *words = strerrordesc_np(error);
  snprintf(text, sizeof text, "%s: %s", name == NULL ? "unknown errno" : name, words == NULL ? "" : words);
#else
  char words[96];
  strerror_r(error, words, sizeof words);
  snprintf(text, sizeof text, "errno %d: %s", error, words);
#endif
  return text;
}

const char *status_text(int status) {
  if (status <= GV_ESYSTEM)
    return error_text(GV_ESYSTEM - status);
  return status > 0 || status < GV_EBUSY ? "unknown status" : texts[-status];
}
