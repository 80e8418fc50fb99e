/*
 * interpose_names.c: names of hosts, as the setting `resolver` has it. By c-ares, which each lookup has for itself, the
 * greenlet waits in its hub for what c-ares waits for; by the C library, it calls that on its own kernel thread, or at
 * once, which blocks the hub.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "interpose_io.h"
#include "resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the setting ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct resolver_options wishes; /* guarded by the lock */
static _Atomic int way = GV_NAMES_AWAY;

/* Returns false out of memory. */
static bool copy_options(struct resolver_options *to, const struct resolver_options *from) {
  *to = *from;
  to->servers = from->servers == NULL ? NULL : strdup(from->servers);
  return from->servers == NULL || to->servers != NULL;
}

static struct gv_resolver *new_resolver(int32_t *status) {
  struct resolver_options options;
  pthread_mutex_lock(&lock);
  bool copied = copy_options(&options, &wishes);
  pthread_mutex_unlock(&lock);
  *status = GV_ENOMEM;
  struct gv_resolver *resolver = copied ? resolver_new(&options, status) : NULL;
  free((char *)options.servers);
  return resolver;
}

static int try_options(const struct resolver_options *options) {
  int32_t status;
  struct gv_resolver *resolver = resolver_new(options, &status);
  if (resolver != NULL)
    resolver_free(resolver);
  return status;
}

int names_choose(int choice, const struct resolver_options *options) {
  if (choice < GV_NAMES_AWAY || choice > GV_NAMES_ARES)
    return GV_EINVAL;
  int status = choice == GV_NAMES_ARES ? try_options(options) : GV_OK;
  struct resolver_options copy;
  if (status == GV_OK && !copy_options(&copy, options))
    status = GV_ENOMEM;
  if (status != GV_OK)
    return status;
  pthread_mutex_lock(&lock);
  const char *before = wishes.servers;
  wishes = copy;
  pthread_mutex_unlock(&lock);
  free((char *)before);
  atomic_store(&way, choice);
  return GV_OK;
}

/* Whether the caller is a greenlet that asks in this way. */
static bool asks(int choice) {
  return interpose_is_on(GV_PATCH_DNS) && way == choice && hub_caller() != NULL;
}

/* ---- what c-ares waits for ---- */

struct wanted {
  struct pollfd *fds;
  int count;
  int room;
};

/* Returns false out of memory. */
static bool want(struct wanted *wanted, int fd, int events) {
  int i = 0;
  while (i < wanted->count && wanted->fds[i].fd != fd)
    i++;
  if (events == 0) {
    if (i < wanted->count)
      wanted->fds[i] = wanted->fds[--wanted->count];
    return true;
  }
  if (i == wanted->room) {
    int room = wanted->room == 0 ? 4 : 2 * wanted->room;
    struct pollfd *grown = realloc(wanted->fds, (size_t)room * sizeof *grown);
    if (grown == NULL)
      return false;
    wanted->fds = grown;
    wanted->room = room;
  }
  if (i == wanted->count)
    wanted->count++;
  wanted->fds[i] = (struct pollfd){
      .fd = fd,
      .events = (short)((events & GV_READ ? POLLIN : 0) | (events & GV_WRITE ? POLLOUT : 0)),
  };
  return true;
}

static void process(struct gv_resolver *resolver, const struct wanted *wanted) {
  for (int i = 0; i < wanted->count; i++) {
    short come = wanted->fds[i].revents;
    int events = (come & ~POLLOUT ? GV_READ : 0) | (come & POLLOUT ? GV_WRITE : 0);
    if (come != 0)
      resolver_process(resolver, wanted->fds[i].fd, events);
  }
  resolver_process(resolver, -1, 0); /* for time */
}

/* Until there is an answer; NULL: something is thrown in the caller, which comes of it back in Java; or there is no
 * memory. The hub may end meanwhile: then he waits as threads do. */
static struct gv_answer *await(struct gv_resolver *resolver) {
  struct wanted wanted = {0};
  struct gv_answer *answer;
  while ((answer = resolver_take(resolver)) == NULL) {
    bool room = true;
    for (int64_t change; room && (change = resolver_change(resolver)) >= 0;)
      room = want(&wanted, (int)change, (int)(change >> 32));
    if (!room)
      break;
    int64_t left = resolver_timeout(resolver);
    int64_t limit = left < 0 ? -1 : clock_now() + (left < 1000000 ? 1000000 : left); /* c-ares counts in ms */
    struct gv_greenlet *self = hub_caller();
    enum wait wait = self == NULL ? WAIT_ALONE : descriptors_wait(self, wanted.fds, wanted.count, limit);
    if (wait == WAIT_BROKEN)
      break;
    if (poll(wanted.fds, (nfds_t)wanted.count, wait == WAIT_ALONE ? limit_left(limit) : 0) >= 0)
      process(resolver, &wanted);
  }
  free(wanted.fds);
  return answer;
}

typedef int64_t ask(struct gv_resolver *resolver, const void *question);

/* Returns an EAI_...; the answer is the caller's then. */
static int lookup(ask *ask, const void *question, struct gv_answer **answer) {
  int32_t status;
  struct gv_resolver *resolver = new_resolver(&status);
  if (resolver == NULL)
    return status == GV_ENOMEM ? EAI_MEMORY : EAI_FAIL;
  bool asked = ask(resolver, question) >= 0;
  *answer = asked ? await(resolver) : NULL;
  resolver_free(resolver);
  if (*answer == NULL)
    return asked ? EAI_AGAIN : EAI_MEMORY;
  switch ((*answer)->status) {
  case GV_LOOKUP_OK:
    return 0;
  case GV_LOOKUP_UNKNOWN:
    return EAI_NONAME;
  case GV_LOOKUP_AGAIN:
    return EAI_AGAIN;
  case GV_LOOKUP_NOMEM:
    return EAI_MEMORY;
  default:
    return EAI_FAIL;
  }
}

/* ---- what an answer is packed of ---- */

static int32_t unpack_number(const int8_t **at) {
  int32_t number;
  memcpy(&number, *at, sizeof number);
  *at += sizeof number;
  return number;
}

/* Sets its size; NULL if there is none. */
static const int8_t *unpack_bytes(const int8_t **at, int32_t *size) {
  *size = unpack_number(at);
  const int8_t *bytes = *size < 0 ? NULL : *at;
  *at += *size < 0 ? 0 : *size;
  return bytes;
}

/* An address as digits; what is behind it is left for the next one. */
static void unpack_address(const int8_t **at, char *digits, size_t room, const int8_t **canonical,
                           int32_t *canonical_size) {
  int32_t size;
  int family = unpack_number(at) == GV_AF_INET6 ? AF_INET6 : AF_INET;
  *at += 3 * sizeof(int32_t); /* type, protocol, port: the caller of getaddrinfo says */
  uint32_t scope = (uint32_t)unpack_number(at);
  const int8_t *address = unpack_bytes(at, &size);
  inet_ntop(family, address, digits, (socklen_t)room);
  if (scope != 0)
    snprintf(digits + strlen(digits), room - strlen(digits), "%%%u", scope);
  *canonical = unpack_bytes(at, canonical_size);
}

/* ---- addresses of a name ---- */

struct name {
  const char *host;
  int family;
  int flags;
};

static int64_t ask_addresses(struct gv_resolver *resolver, const void *question) {
  const struct name *name = question;
  return resolver_addresses(resolver, name->host, name->family, name->flags);
}

/* The rest is for the C library. */
static bool can_ask(const struct addrinfo *hints) {
  enum { KNOWN = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV };
  return (hints->ai_family == AF_UNSPEC || hints->ai_family == AF_INET || hints->ai_family == AF_INET6) &&
         (hints->ai_flags & ~KNOWN) == 0;
}

/* What the C library makes of each address, one after the other: glibc's freeaddrinfo frees them one by one. */
static int list_addresses(const struct gv_answer *answer, const char *host, const char *service,
                          const struct addrinfo *hints, struct addrinfo **found) {
  struct addrinfo numeric = *hints, *first = NULL, **end = &first;
  numeric.ai_flags = (hints->ai_flags & ~AI_CANONNAME) | AI_NUMERICHOST;
  int error = 0;
  for (const int8_t *at = answer->bytes, *stop = at + answer->size; error == 0 && at < stop;) {
    char digits[INET6_ADDRSTRLEN + IF_NAMESIZE];
    const int8_t *canonical;
    int32_t size;
    unpack_address(&at, digits, sizeof digits, &canonical, &size);
    error = getaddrinfo(digits, service, &numeric, end);
    if (error == 0 && end == &first && (hints->ai_flags & AI_CANONNAME) != 0) {
      first->ai_canonname = canonical == NULL ? strdup(host) : strndup((const char *)canonical, (size_t)size);
      error = first->ai_canonname == NULL ? EAI_MEMORY : 0;
    }
    while (error == 0 && *end != NULL)
      end = &(*end)->ai_next;
  }
  if (error == 0)
    *found = first;
  else if (first != NULL)
    freeaddrinfo(first);
  return error;
}

static int ask_ares(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  struct addrinfo numeric = *hints;
  numeric.ai_flags |= AI_NUMERICHOST;
  int error = getaddrinfo(host, service, &numeric, found);
  if (error != EAI_NONAME || (hints->ai_flags & AI_NUMERICHOST))
    return error;
  struct name name = {
      .host = host,
      .family = hints->ai_family == AF_INET    ? GV_AF_INET
                : hints->ai_family == AF_INET6 ? GV_AF_INET6
                                               : GV_AF_UNSPEC,
      .flags = hints->ai_flags & AI_CANONNAME ? GV_AI_CANONNAME : 0,
  };
  struct gv_answer *answer = NULL;
  error = lookup(ask_addresses, &name, &answer);
  if (error == 0)
    error = list_addresses(answer, host, service, hints, found);
  answer_free(answer);
  return error;
}

int hook_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  static const struct addrinfo any = {.ai_family = AF_UNSPEC};
  if (host != NULL && can_ask(hints == NULL ? &any : hints) && asks(GV_NAMES_ARES))
    return ask_ares(host, service, hints == NULL ? &any : hints, found);
  struct gv_greenlet *self = asks(GV_NAMES_BLOCK) ? NULL : away_if(GV_PATCH_DNS);
  int result = getaddrinfo(host, service, hints, found);
  away_back(self);
  return result;
}

/* ---- names of an address ---- */

struct address {
  const void *bytes;
  int size;
  int32_t scope;
  int flags;
};

static int64_t ask_name(struct gv_resolver *resolver, const void *question) {
  const struct address *address = question;
  return resolver_name(resolver, address->bytes, address->size, address->scope, 0, address->flags);
}

/* Returns false if it is none of the internet. */
static bool address_of(const struct sockaddr *name, socklen_t size, struct address *address) {
  if (size >= sizeof(struct sockaddr_in) && name->sa_family == AF_INET) {
    *address = (struct address){.bytes = &((const struct sockaddr_in *)(const void *)name)->sin_addr, .size = 4};
    return true;
  }
  if (size >= sizeof(struct sockaddr_in6) && name->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in = (const void *)name;
    const uint8_t *bytes = in->sin6_addr.s6_addr;
    *address = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr)
                   ? (struct address){.bytes = bytes + 12, .size = 4}
                   : (struct address){.bytes = bytes, .size = 16, .scope = (int32_t)in->sin6_scope_id};
    return true;
  }
  return false;
}

static int name_by_ares(const struct address *address, char *host, socklen_t host_size) {
  struct gv_answer *answer = NULL;
  int error = lookup(ask_name, address, &answer);
  if (error == 0) {
    const int8_t *at = answer->bytes;
    int32_t size;
    const int8_t *name = unpack_bytes(&at, &size);
    if (name == NULL || (socklen_t)size >= host_size) {
      error = EAI_OVERFLOW;
    } else {
      memcpy(host, name, (size_t)size);
      host[size] = 0;
    }
  }
  answer_free(answer);
  return error;
}

int hook_getnameinfo(const struct sockaddr *name, socklen_t size, char *host, socklen_t host_size, char *service,
                     socklen_t service_size, int flags) {
  struct address address;
  bool of_host = host != NULL && host_size > 0 && (flags & NI_NUMERICHOST) == 0;
  if (of_host && address_of(name, size, &address) && asks(GV_NAMES_ARES)) {
    address.flags = (flags & NI_NOFQDN ? GV_NI_NOFQDN : 0) | (flags & NI_NAMEREQD ? GV_NI_NAMEREQD : 0);
    int error = name_by_ares(&address, host, host_size);
    return error != 0 || service == NULL ? error : getnameinfo(name, size, NULL, 0, service, service_size, flags);
  }
  struct gv_greenlet *self = !of_host || asks(GV_NAMES_BLOCK) ? NULL : away_if(GV_PATCH_DNS);
  int result = getnameinfo(name, size, host, host_size, service, service_size, flags);
  away_back(self);
  return result;
}
