/*
 * resolver.h: names and addresses. An answer is packed into bytes (gevent4j.h says how), so that it goes to Java in one
 * piece; resolver_system.c asks the system, which blocks, resolver_ares.c asks c-ares, which doesn't.
 */
#ifndef GV_RESOLVER_H
#define GV_RESOLVER_H

#include "gevent4j.h"

#include <stdbool.h>
#include <stdint.h>

struct hostent;
struct sockaddr;
struct sockaddr_storage;

/* ---- answers ---- */

struct gv_answer {
  struct gv_answer *next; /* in a resolver's list of those that are finished */
  int64_t request;        /* whose answer it is, where it comes from a resolver */
  int status;             /* enum gv_lookup */
  bool incomplete;        /* there was no memory for all of it */
  int32_t size;           /* bytes in use */
  int32_t room;           /* bytes there are */
  int8_t *bytes;          /* malloc'ed, or NULL */
};

/* Empty, and GV_LOOKUP_OK. NULL out of memory. */
struct gv_answer *answer_new(void);
void answer_free(struct gv_answer *answer);

/* Forgets what was put into it, and says why there is nothing. */
void answer_fail(struct gv_answer *answer, int status, const char *why);
/* To be called at the end: what is incomplete fails. Returns its argument. */
struct gv_answer *answer_finish(struct gv_answer *answer);

void answer_put_number(struct gv_answer *answer, int32_t number);
void answer_put_string(struct gv_answer *answer, const char *text);               /* NULL: none */
void answer_put_bytes(struct gv_answer *answer, const void *bytes, int32_t size); /* as a string */
/* One of `addresses`; others than IPv4 and IPv6 are left out. */
void answer_put_address(struct gv_answer *answer, const struct sockaddr *address, int type, int protocol,
                        const char *canonical);
/* All of `host`; `data` is the answer. A hosts_found. */
void answer_put_host(void *data, const struct hostent *host);

/* ---- what is this system's, and what is gevent4j.h's ---- */

/* -1 for none of ours. */
int system_family(int family);

/* Returns the size of what was made of an address of 4 or 16 bytes; 0 if it has another size. */
unsigned system_address(struct sockaddr_storage *to, const int8_t *address, int size, int32_t scope, int port);

/* ---- what the system knows: as gevent4j.h's gv_lookup_... ---- */

struct gv_answer *system_addresses(const char *host, const char *service, int family, int type, int protocol,
                                   int flags);
struct gv_answer *system_host(const char *name);
struct gv_answer *system_host_of(const int8_t *address, int size);
struct gv_answer *system_name(const int8_t *address, int size, int32_t scope, int port, int flags);

/* ---- what c-ares knows: as gevent4j.h's gv_resolver_... ---- */

struct resolver_options {
  const char *servers;
  int timeout_ms;
  int tries;
  int ndots;
  int udp_port;
  int tcp_port;
  int flags;
};

static inline struct resolver_options resolver_options_of(const char *servers, int timeout_ms, int tries, int ndots,
                                                          int udp_port, int tcp_port, int flags) {
  return (struct resolver_options){servers, timeout_ms, tries, ndots, udp_port, tcp_port, flags};
}

struct gv_resolver *resolver_new(const struct resolver_options *options, int32_t *status);
void resolver_free(struct gv_resolver *resolver);
const char *resolver_version(void);

int64_t resolver_addresses(struct gv_resolver *resolver, const char *host, int family, int flags);
int64_t resolver_host(struct gv_resolver *resolver, const char *name);
int64_t resolver_host_of(struct gv_resolver *resolver, const int8_t *address, int size);
int64_t resolver_name(struct gv_resolver *resolver, const int8_t *address, int size, int32_t scope, int port,
                      int flags);

int64_t resolver_change(struct gv_resolver *resolver);
int64_t resolver_timeout(struct gv_resolver *resolver);
void resolver_process(struct gv_resolver *resolver, int fd, int events);
struct gv_answer *resolver_take(struct gv_resolver *resolver);
int resolver_pending(const struct gv_resolver *resolver);
void resolver_cancel(struct gv_resolver *resolver);

#endif
