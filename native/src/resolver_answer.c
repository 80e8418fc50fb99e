#include "resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { FIRST_ROOM = 256 }; /* bytes: some four addresses */

struct gv_answer *answer_new(void) {
  return calloc(1, sizeof(struct gv_answer));
}

void answer_free(struct gv_answer *answer) {
  if (answer != NULL)
    free(answer->bytes);
  free(answer);
}

void answer_fail(struct gv_answer *answer, int status, const char *why) {
  answer->size = 0;
  answer->incomplete = false;
  answer->status = status;
  answer_put_string(answer, why);
}

struct gv_answer *answer_finish(struct gv_answer *answer) {
  if (answer->incomplete) {
    answer->size = 0;
    answer->status = GV_LOOKUP_NOMEM;
  }
  return answer;
}

/* ---- packing ---- */

static void put(struct gv_answer *answer, const void *bytes, int32_t size) {
  if (answer->room - answer->size < size) {
    int32_t room = answer->room == 0 ? FIRST_ROOM : answer->room;
    while (room - answer->size < size && room <= INT32_MAX / 2)
      room *= 2;
    int8_t *grown = room - answer->size < size ? NULL : realloc(answer->bytes, (size_t)room);
    if (grown == NULL) {
      answer->incomplete = true;
      return;
    }
    answer->bytes = grown;
    answer->room = room;
  }
  memcpy(answer->bytes + answer->size, bytes, (size_t)size);
  answer->size += size;
}

void answer_put_number(struct gv_answer *answer, int32_t number) {
  put(answer, &number, sizeof number);
}

void answer_put_bytes(struct gv_answer *answer, const void *bytes, int32_t size) {
  answer_put_number(answer, size);
  put(answer, bytes, size);
}

void answer_put_string(struct gv_answer *answer, const char *text) {
  if (text == NULL)
    answer_put_number(answer, -1);
  else
    answer_put_bytes(answer, text, (int32_t)strlen(text));
}

static void put_family(struct gv_answer *answer, int family, int type, int protocol, int port, uint32_t scope) {
  answer_put_number(answer, family);
  answer_put_number(answer, type);
  answer_put_number(answer, protocol);
  answer_put_number(answer, port);
  answer_put_number(answer, (int32_t)scope);
}

void answer_put_address(struct gv_answer *answer, const struct sockaddr *address, int type, int protocol,
                        const char *canonical) {
  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const void *)address;
    put_family(answer, GV_AF_INET, type, protocol, ntohs(in->sin_port), 0);
    answer_put_bytes(answer, &in->sin_addr, sizeof in->sin_addr);
  } else if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in = (const void *)address;
    put_family(answer, GV_AF_INET6, type, protocol, ntohs(in->sin6_port), in->sin6_scope_id);
    answer_put_bytes(answer, &in->sin6_addr, sizeof in->sin6_addr);
  } else {
    return;
  }
  answer_put_string(answer, canonical);
}

static int32_t count(char **list) {
  int32_t count = 0;
  while (list != NULL && list[count] != NULL)
    count++;
  return count;
}

void answer_put_host(void *data, const struct hostent *host) {
  struct gv_answer *answer = data;
  answer_put_string(answer, host->h_name);
  int32_t aliases = count(host->h_aliases);
  answer_put_number(answer, aliases);
  for (int32_t i = 0; i < aliases; i++)
    answer_put_string(answer, host->h_aliases[i]);
  answer_put_number(answer, host->h_addrtype == AF_INET6 ? GV_AF_INET6 : GV_AF_INET);
  int32_t addresses = count(host->h_addr_list);
  answer_put_number(answer, addresses);
  for (int32_t i = 0; i < addresses; i++)
    answer_put_bytes(answer, host->h_addr_list[i], host->h_length);
}
