/*
 * interpose_away.c: calls that the loop can't help with. The greenlet makes them on its own kernel thread, while the
 * hub runs the others; main, which has none but the hub's, blocks.
 */
#include "interpose_io.h"

#include <netdb.h>
#include <sys/wait.h>

static struct gv_greenlet *begin(int patch) {
  struct gv_greenlet *self = hub_caller();
  return self != NULL && interpose_is_on(patch) && away_begin(self) ? self : NULL;
}

static void end(struct gv_greenlet *self) {
  if (self != NULL)
    away_end(self);
}

int hook_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  struct gv_greenlet *self = begin(GV_PATCH_DNS);
  int result = getaddrinfo(host, service, hints, found);
  end(self);
  return result;
}

int hook_getnameinfo(const struct sockaddr *name, socklen_t size, char *host, socklen_t host_size, char *service,
                     socklen_t service_size, int flags) {
  struct gv_greenlet *self = begin(GV_PATCH_DNS);
  int result = getnameinfo(name, size, host, host_size, service, service_size, flags);
  end(self);
  return result;
}

pid_t hook_waitpid(pid_t child, int *status, int options) {
  struct gv_greenlet *self = options & WNOHANG ? NULL : begin(GV_PATCH_SUBPROCESS);
  pid_t result = waitpid(child, status, options);
  end(self);
  return result;
}

int hook_waitid(int type, unsigned id, void *info, int options) {
  struct gv_greenlet *self = options & WNOHANG ? NULL : begin(GV_PATCH_SUBPROCESS);
  int result = waitid((idtype_t)type, id, info, options);
  end(self);
  return result;
}
