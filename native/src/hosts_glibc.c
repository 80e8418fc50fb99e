/*
 * hosts_glibc.c: in memory of the caller's, which is asked for anew until it is large enough.
 */
#define _GNU_SOURCE
#include "hosts.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

enum { FIRST_ROOM = 1024 }; /* bytes: enough for a host with a few addresses */

struct question {
  const char *name; /* NULL: by address */
  const void *address;
  int size;
  int family;
};

static int ask(const struct question *question, struct hostent *host, char *room, size_t size, struct hostent **found,
               int *error) {
  if (question->name != NULL)
    return gethostbyname2_r(question->name, question->family, host, room, size, found, error);
  return gethostbyaddr_r(question->address, (socklen_t)question->size, question->family, host, room, size, found,
                         error);
}

static int find(const struct question *question, hosts_found *found, void *data) {
  for (size_t size = FIRST_ROOM;; size *= 2) {
    char *room = malloc(size);
    if (room == NULL)
      return NO_RECOVERY;
    struct hostent host, *result = NULL;
    int error = NO_RECOVERY;
    int status = ask(question, &host, room, size, &result, &error);
    if (result != NULL)
      found(data, result);
    free(room);
    if (status != ERANGE)
      return result != NULL ? 0 : error == NETDB_SUCCESS ? HOST_NOT_FOUND : error;
  }
}

int hosts_by_name(const char *name, hosts_found *found, void *data) {
  return find(&(struct question){.name = name, .family = AF_INET}, found, data);
}

int hosts_by_address(const void *address, int size, int family, hosts_found *found, void *data) {
  return find(&(struct question){.address = address, .size = size, .family = family}, found, data);
}
