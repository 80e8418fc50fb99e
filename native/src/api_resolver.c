/*
 * api_resolver.c: the exported functions for names and addresses. Each one delegates; none has an idea of its own.
 */
#include "gevent4j.h"
#include "resolver.h"

#include <string.h>

gv_answer *gv_lookup_addresses(const char *host, const char *service, int family, int type, int protocol, int flags) {
  return system_addresses(host, service, family, type, protocol, flags);
}

gv_answer *gv_lookup_host(const char *name) {
  return system_host(name);
}

gv_answer *gv_lookup_host_of(const int8_t *address, int size) {
  return system_host_of(address, size);
}

gv_answer *gv_lookup_name(const int8_t *address, int size, int32_t scope, int port, int flags) {
  return system_name(address, size, scope, port, flags);
}

int gv_answer_status(const gv_answer *answer) {
  return answer->status;
}

int gv_answer_size(const gv_answer *answer) {
  return answer->size;
}

void gv_answer_copy(const gv_answer *answer, int8_t *to) {
  if (answer->size > 0)
    memcpy(to, answer->bytes, (size_t)answer->size);
}

void gv_answer_free(gv_answer *answer) {
  answer_free(answer);
}

int64_t gv_answer_request(const gv_answer *answer) {
  return answer->request;
}

/* ---- c-ares ---- */

gv_resolver *gv_resolver_new(const char *servers, int timeout_ms, int tries, int ndots, int udp_port, int tcp_port,
                             int flags, int32_t *status) {
  struct resolver_options options = resolver_options_of(servers, timeout_ms, tries, ndots, udp_port, tcp_port, flags);
  return resolver_new(&options, status);
}

void gv_resolver_free(gv_resolver *resolver) {
  resolver_free(resolver);
}

const char *gv_resolver_version(void) {
  return resolver_version();
}

int64_t gv_resolver_addresses(gv_resolver *resolver, const char *host, int family, int flags) {
  return resolver_addresses(resolver, host, family, flags);
}

int64_t gv_resolver_host(gv_resolver *resolver, const char *name) {
  return resolver_host(resolver, name);
}

int64_t gv_resolver_host_of(gv_resolver *resolver, const int8_t *address, int size) {
  return resolver_host_of(resolver, address, size);
}

int64_t gv_resolver_name(gv_resolver *resolver, const int8_t *address, int size, int32_t scope, int port, int flags) {
  return resolver_name(resolver, address, size, scope, port, flags);
}

int64_t gv_resolver_change(gv_resolver *resolver) {
  return resolver_change(resolver);
}

int64_t gv_resolver_timeout(gv_resolver *resolver) {
  return resolver_timeout(resolver);
}

void gv_resolver_process(gv_resolver *resolver, int fd, int events) {
  resolver_process(resolver, fd, events);
}

gv_answer *gv_resolver_take(gv_resolver *resolver) {
  return resolver_take(resolver);
}

int gv_resolver_pending(const gv_resolver *resolver) {
  return resolver_pending(resolver);
}

void gv_resolver_cancel(gv_resolver *resolver) {
  resolver_cancel(resolver);
}
