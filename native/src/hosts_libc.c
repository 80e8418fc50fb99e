/*
 * hosts_libc.c: where the plain calls are safe for threads, as on macOS, which keeps their results per thread.
 */
#include "hosts.h"

#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

static int tell(const struct hostent *host, hosts_found *found, void *data) {
  if (host == NULL)
    return h_errno == 0 ? HOST_NOT_FOUND : h_errno;
  found(data, host);
  return 0;
}

int hosts_by_name(const char *name, hosts_found *found, void *data) {
  return tell(gethostbyname(name), found, data);
}

int hosts_by_address(const void *address, int size, int family, hosts_found *found, void *data) {
  return tell(gethostbyaddr(address, (socklen_t)size, family), found, data);
}
