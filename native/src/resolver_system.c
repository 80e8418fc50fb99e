/*
 * resolver_system.c: the C library's own lookups.
 */
#define _GNU_SOURCE
#include "hosts.h"
#include "resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* ---- what is this system's, and what is gevent4j.h's ---- */

int system_family(int family) {
  switch (family) {
  case GV_AF_UNSPEC:
    return AF_UNSPEC;
  case GV_AF_INET:
    return AF_INET;
  case GV_AF_INET6:
    return AF_INET6;
  default:
    return -1;
  }
}

struct flag {
  int ours;
  int theirs;
};

static const struct flag lookup_flags[] = {{GV_AI_PASSIVE, AI_PASSIVE},
                                           {GV_AI_CANONNAME, AI_CANONNAME},
                                           {GV_AI_NUMERICHOST, AI_NUMERICHOST},
                                           {GV_AI_V4MAPPED, AI_V4MAPPED},
                                           {GV_AI_ALL, AI_ALL},
                                           {GV_AI_ADDRCONFIG, AI_ADDRCONFIG},
                                           {GV_AI_NUMERICSERV, AI_NUMERICSERV},
                                           {0, 0}};

static const struct flag name_flags[] = {{GV_NI_NUMERICHOST, NI_NUMERICHOST},
                                         {GV_NI_NUMERICSERV, NI_NUMERICSERV},
                                         {GV_NI_NOFQDN, NI_NOFQDN},
                                         {GV_NI_NAMEREQD, NI_NAMEREQD},
                                         {GV_NI_DGRAM, NI_DGRAM},
                                         {0, 0}};

static int translate(const struct flag *table, int flags) {
  int theirs = 0;
  for (; table->ours != 0; table++)
    if ((flags & table->ours) != 0)
      theirs |= table->theirs;
  return theirs;
}

unsigned system_address(struct sockaddr_storage *to, const int8_t *address, int size, int32_t scope, int port) {
  memset(to, 0, sizeof *to);
  if (size == sizeof(struct in_addr)) {
    struct sockaddr_in *in = (struct sockaddr_in *)to;
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)port);
    memcpy(&in->sin_addr, address, sizeof in->sin_addr);
    return sizeof *in;
  }
  if (size == sizeof(struct in6_addr)) {
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)to;
    in->sin6_family = AF_INET6;
    in->sin6_port = htons((uint16_t)port);
    in->sin6_scope_id = (uint32_t)scope;
    memcpy(&in->sin6_addr, address, sizeof in->sin6_addr);
    return sizeof *in;
  }
  return 0;
}

static void fail(struct gv_answer *answer, int error) {
  int status;
  switch (error) {
  case EAI_NONAME:
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
  case EAI_NODATA:
#endif
    status = GV_LOOKUP_UNKNOWN;
    break;
  case EAI_AGAIN:
    status = GV_LOOKUP_AGAIN;
    break;
  case EAI_MEMORY:
    status = GV_LOOKUP_NOMEM;
    break;
  default:
    status = GV_LOOKUP_FAILED;
  }
  answer_fail(answer, status, gai_strerror(error));
}

/* ---- lookups ---- */

struct gv_answer *system_addresses(const char *host, const char *service, int family, int type, int protocol,
                                   int flags) {
  struct gv_answer *answer = answer_new();
  if (answer == NULL)
    return NULL;
  struct addrinfo hints = {.ai_family = system_family(family),
                           .ai_socktype = type,
                           .ai_protocol = protocol,
                           .ai_flags = translate(lookup_flags, flags)};
  struct addrinfo *first = NULL;
  int error = getaddrinfo(host, service, &hints, &first);
  if (error != 0) {
    fail(answer, error);
    return answer_finish(answer);
  }
  for (struct addrinfo *each = first; each != NULL; each = each->ai_next)
    answer_put_address(answer, each->ai_addr, each->ai_socktype, each->ai_protocol, each->ai_canonname);
  freeaddrinfo(first);
  return answer_finish(answer);
}

struct gv_answer *system_name(const int8_t *address, int size, int32_t scope, int port, int flags) {
  struct gv_answer *answer = answer_new();
  if (answer == NULL)
    return NULL;
  struct sockaddr_storage socket_address;
  unsigned length = system_address(&socket_address, address, size, scope, port);
  char host[NI_MAXHOST], service[NI_MAXSERV];
  int error = length == 0 ? EAI_FAMILY
                          : getnameinfo((struct sockaddr *)&socket_address, length, host, sizeof host, service,
                                        sizeof service, translate(name_flags, flags));
  if (error != 0) {
    fail(answer, error);
  } else {
    answer_put_string(answer, host);
    answer_put_string(answer, service);
  }
  return answer_finish(answer);
}

static struct gv_answer *finish_host(struct gv_answer *answer, int error) {
  if (error != 0) {
    int status = error == HOST_NOT_FOUND || error == NO_DATA ? GV_LOOKUP_UNKNOWN
                 : error == TRY_AGAIN                        ? GV_LOOKUP_AGAIN
                                                             : GV_LOOKUP_FAILED;
    answer_fail(answer, status, hstrerror(error));
  }
  return answer_finish(answer);
}

struct gv_answer *system_host(const char *name) {
  struct gv_answer *answer = answer_new();
  return answer == NULL ? NULL : finish_host(answer, hosts_by_name(name, answer_put_host, answer));
}

struct gv_answer *system_host_of(const int8_t *address, int size) {
  struct gv_answer *answer = answer_new();
  if (answer == NULL)
    return NULL;
  int family = size == sizeof(struct in_addr) ? AF_INET : size == sizeof(struct in6_addr) ? AF_INET6 : -1;
  return finish_host(answer,
                     family < 0 ? NO_RECOVERY : hosts_by_address(address, size, family, answer_put_host, answer));
}
