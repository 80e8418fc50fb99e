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
