/*
 * resolver_ares.c: c-ares's room. The only file that includes ares.h.
 *
 * c-ares reads and writes when it is told to, and calls back from inside of the calls here. What it calls back with is
 * packed into an answer, which waits in a list until it is taken: nobody's memory but ours is involved, so that whoever
 * has asked may be gone by then. c-ares can't forget a single request; it goes on, to an answer that nobody wants.
 *
 * A descriptor is closed only when the caller has stopped to watch it: closed earlier, its number could come back with
 * the next one, and the loop would take the one for the other.
 */
#define _GNU_SOURCE
#include "resolver.h"

#define CARES_NO_DEPRECATED /* newer ones have another way to give them our sockets, older ones only this */
#include <ares.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

struct connection {
  struct connection *next;
  int fd;
  int wanted; /* GV_READ, GV_WRITE: what c-ares waits for */
  int told;   /* what the caller was told of that */
  bool ended; /* to be closed when told is 0 */
};

struct gv_resolver {
  ares_channel channel;
  struct connection *connections;
  struct gv_answer *first; /* of those that are finished; NULL: none */
  struct gv_answer *last;  /* valid unless first is NULL */
  int64_t requests;        /* so many were made; the number of the last */
  int pending;             /* so many of them aren't finished */
};

/* What c-ares gets along with a request, and gives back once. */
struct request {
  struct gv_resolver *resolver;
  struct gv_answer *answer; /* made beforehand: none is lost for want of memory */
};

/* ---- descriptors ---- */

static struct connection *find(struct gv_resolver *resolver, int fd) {
  struct connection *each = resolver->connections;
  while (each != NULL && each->fd != fd)
    each = each->next;
  return each;
}

/* Makes a descriptor that never blocks, and is closed on exec. */
static int make(int family, int type, int protocol, void *data) {
  struct gv_resolver *resolver = data;
  struct connection *connection = calloc(1, sizeof *connection);
  int fd = connection == NULL ? -1 : socket(family, type, protocol);
  if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
    int error = connection == NULL ? ENOMEM : errno;
    free(connection);
    if (fd >= 0)
      close(fd);
    errno = error;
    return -1;
  }
  connection->fd = fd;
  connection->next = resolver->connections;
  resolver->connections = connection;
  return fd;
}

static void discard(struct connection **place) {
  struct connection *connection = *place;
  *place = connection->next;
  close(connection->fd);
  free(connection);
}

static int end(int fd, void *data) {
  struct gv_resolver *resolver = data;
  struct connection *connection = find(resolver, fd);
  connection->wanted = 0;
  connection->ended = true;
  return 0;
}

static int start(int fd, const struct sockaddr *address, socklen_t size, void *data) {
  (void)data;
  return connect(fd, address, size);
}

static ssize_t receive(int fd, void *to, size_t size, int flags, struct sockaddr *address, socklen_t *address_size,
                       void *data) {
  (void)data;
  return recvfrom(fd, to, size, flags, address, address_size);
}

static ssize_t transmit(int fd, const struct iovec *parts, int count, void *data) {
  (void)data;
  struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static const struct ares_socket_functions descriptors = {
    .asocket = make, .aclose = end, .aconnect = start, .arecvfrom = receive, .asendv = transmit};

static void on_state(void *data, int fd, int readable, int writable) {
  struct connection *connection = find(data, fd);
  if (connection != NULL)
    connection->wanted = (readable ? GV_READ : 0) | (writable ? GV_WRITE : 0);
}

int64_t resolver_change(struct gv_resolver *resolver) {
  for (struct connection **place = &resolver->connections; *place != NULL;) {
    struct connection *each = *place;
    if (each->wanted != each->told) {
      each->told = each->wanted;
      return (int64_t)each->wanted << 32 | each->fd;
    }
    if (each->ended)
      discard(place);
    else
      place = &each->next;
  }
  return -1;
}

/* ---- open and closed ---- */

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static int library_status;

static void begin_library(void) {
  library_status = ares_library_init(ARES_LIB_INIT_ALL);
}

const char *resolver_version(void) {
  return ares_version(NULL);
}

static int open_channel(struct gv_resolver *resolver, const struct resolver_options *options) {
  struct ares_options wishes = {.sock_state_cb = on_state, .sock_state_cb_data = resolver};
  int mask = ARES_OPT_SOCK_STATE_CB;
  if (options->timeout_ms >= 0) {
    wishes.timeout = options->timeout_ms;
    mask |= ARES_OPT_TIMEOUTMS;
  }
  if (options->tries >= 0) {
    wishes.tries = options->tries;
    mask |= ARES_OPT_TRIES;
  }
  if (options->ndots >= 0) {
    wishes.ndots = options->ndots;
    mask |= ARES_OPT_NDOTS;
  }
  if (options->udp_port >= 0) {
    wishes.udp_port = (unsigned short)options->udp_port;
    mask |= ARES_OPT_UDP_PORT;
  }
  if (options->tcp_port >= 0) {
    wishes.tcp_port = (unsigned short)options->tcp_port;
    mask |= ARES_OPT_TCP_PORT;
  }
  if (options->flags >= 0) {
    wishes.flags = options->flags;
    mask |= ARES_OPT_FLAGS;
  }
  int error = ares_init_options(&resolver->channel, &wishes, mask);
  if (error != ARES_SUCCESS)
    return error == ARES_ENOMEM ? GV_ENOMEM : GV_EUNSUPPORTED;
  ares_set_socket_functions(resolver->channel, &descriptors, resolver);
  error = options->servers == NULL ? ARES_SUCCESS : ares_set_servers_ports_csv(resolver->channel, options->servers);
  if (error != ARES_SUCCESS) {
    ares_destroy(resolver->channel);
    return error == ARES_ENOMEM ? GV_ENOMEM : GV_EINVAL;
  }
  return GV_OK;
}

struct gv_resolver *resolver_new(const struct resolver_options *options, int32_t *status) {
  pthread_once(&library_once, begin_library);
  struct gv_resolver *resolver = library_status == ARES_SUCCESS ? calloc(1, sizeof *resolver) : NULL;
  *status = library_status != ARES_SUCCESS ? GV_EUNSUPPORTED
            : resolver == NULL             ? GV_ENOMEM
                                           : open_channel(resolver, options);
  if (*status == GV_OK)
    return resolver;
  free(resolver);
  return NULL;
}

void resolver_free(struct gv_resolver *resolver) {
  ares_destroy(resolver->channel);
  for (struct gv_answer *answer; (answer = resolver_take(resolver)) != NULL;)
    answer_free(answer);
  while (resolver->connections != NULL)
    discard(&resolver->connections);
  free(resolver);
}

/* ---- requests ---- */

static struct request *request_new(struct gv_resolver *resolver) {
  struct request *request = malloc(sizeof *request);
  struct gv_answer *answer = answer_new();
  if (request == NULL || answer == NULL) {
    free(request);
    answer_free(answer);
    return NULL;
  }
  *request = (struct request){.resolver = resolver, .answer = answer};
  answer->request = ++resolver->requests;
  resolver->pending++;
  return request;
}

static int lookup_status(int error) {
  switch (error) {
  case ARES_SUCCESS:
    return GV_LOOKUP_OK;
  case ARES_ENODATA:
  case ARES_ENOTFOUND:
  case ARES_ENONAME:
  case ARES_EBADNAME:
    return GV_LOOKUP_UNKNOWN;
  case ARES_ESERVFAIL:
  case ARES_EREFUSED:
  case ARES_ECONNREFUSED:
  case ARES_ETIMEOUT:
    return GV_LOOKUP_AGAIN;
  case ARES_ECANCELLED:
  case ARES_EDESTRUCTION:
    return GV_LOOKUP_CLOSED;
  case ARES_ENOMEM:
    return GV_LOOKUP_NOMEM;
  default:
    return GV_LOOKUP_FAILED;
  }
}

/* The last act of a request. */
static void finish(struct request *request, int error) {
  struct gv_resolver *resolver = request->resolver;
  struct gv_answer *answer = request->answer;
  free(request);
  if (error != ARES_SUCCESS)
    answer_fail(answer, lookup_status(error),
                lookup_status(error) == GV_LOOKUP_CLOSED ? "the resolver was closed" : ares_strerror(error));
  answer_finish(answer);
  if (resolver->first == NULL)
    resolver->first = answer;
  else
    resolver->last->next = answer;
  resolver->last = answer;
  resolver->pending--;
}

struct gv_answer *resolver_take(struct gv_resolver *resolver) {
  struct gv_answer *answer = resolver->first;
  if (answer != NULL)
    resolver->first = answer->next;
  return answer;
}

int resolver_pending(const struct gv_resolver *resolver) {
  return resolver->pending;
}

void resolver_cancel(struct gv_resolver *resolver) {
  ares_cancel(resolver->channel);
}

/* The name at the end of a chain of aliases. */
static const char *canonical_name(const struct ares_addrinfo *found) {
  const char *name = found->name;
  for (const struct ares_addrinfo_cname *each = found->cnames; each != NULL; each = each->next)
    name = each->name;
  return name;
}

static void on_addresses(void *arg, int error, int timeouts, struct ares_addrinfo *found) {
  (void)timeouts;
  struct request *request = arg;
  if (error == ARES_SUCCESS && found->nodes == NULL)
    error = ARES_ENODATA;
  if (error == ARES_SUCCESS)
    for (struct ares_addrinfo_node *each = found->nodes; each != NULL; each = each->ai_next)
      answer_put_address(request->answer, each->ai_addr, 0, 0, canonical_name(found));
  if (found != NULL)
    ares_freeaddrinfo(found);
  finish(request, error);
}

int64_t resolver_addresses(struct gv_resolver *resolver, const char *host, int family, int flags) {
  struct request *request = request_new(resolver);
  if (request == NULL)
    return GV_ENOMEM;
  int64_t number = request->answer->request;
  struct ares_addrinfo_hints hints = {
      .ai_family = system_family(family),
      .ai_flags = (flags & GV_AI_CANONNAME) != 0 ? ARES_AI_CANONNAME : 0,
  };
  ares_getaddrinfo(resolver->channel, host, NULL, &hints, on_addresses, request);
  return number;
}

/* The aliases on the way to it. ares_gethostbyname would tell the first name of that way for the last. */
static void on_named_host(void *arg, int error, int timeouts, struct ares_addrinfo *found) {
  (void)timeouts;
  struct request *request = arg;
  struct gv_answer *answer = request->answer;
  if (error == ARES_SUCCESS && found->nodes == NULL)
    error = ARES_ENODATA;
  if (error == ARES_SUCCESS) {
    answer_put_string(answer, canonical_name(found));
    int32_t aliases = 0, addresses = 0;
    for (const struct ares_addrinfo_cname *each = found->cnames; each != NULL; each = each->next)
      aliases += each->alias != NULL;
    answer_put_number(answer, aliases);
    for (const struct ares_addrinfo_cname *each = found->cnames; each != NULL; each = each->next)
      if (each->alias != NULL)
        answer_put_string(answer, each->alias);
    answer_put_number(answer, GV_AF_INET);
    for (const struct ares_addrinfo_node *each = found->nodes; each != NULL; each = each->ai_next)
      addresses++;
    answer_put_number(answer, addresses);
    for (const struct ares_addrinfo_node *each = found->nodes; each != NULL; each = each->ai_next)
      answer_put_bytes(answer, &((const struct sockaddr_in *)(void *)each->ai_addr)->sin_addr, sizeof(struct in_addr));
  }
  if (found != NULL)
    ares_freeaddrinfo(found);
  finish(request, error);
}

int64_t resolver_host(struct gv_resolver *resolver, const char *name) {
  struct request *request = request_new(resolver);
  if (request == NULL)
    return GV_ENOMEM;
  int64_t number = request->answer->request;
  struct ares_addrinfo_hints hints = {.ai_family = AF_INET, .ai_flags = ARES_AI_CANONNAME | ARES_AI_NOSORT};
  ares_getaddrinfo(resolver->channel, name, NULL, &hints, on_named_host, request);
  return number;
}

static void on_host(void *arg, int error, int timeouts, struct hostent *found) {
  (void)timeouts;
  struct request *request = arg;
  if (error == ARES_SUCCESS)
    answer_put_host(request->answer, found);
  finish(request, error);
}

int64_t resolver_host_of(struct gv_resolver *resolver, const int8_t *address, int size) {
  struct request *request = request_new(resolver);
  if (request == NULL)
    return GV_ENOMEM;
  int64_t number = request->answer->request;
  int family = size == sizeof(struct in_addr) ? AF_INET : AF_INET6;
  ares_gethostbyaddr(resolver->channel, address, size, family, on_host, request);
  return number;
}

static void on_name(void *arg, int error, int timeouts, char *host, char *service) {
  (void)timeouts;
  struct request *request = arg;
  if (error == ARES_SUCCESS) {
    answer_put_string(request->answer, host);
    answer_put_string(request->answer, service);
  }
  finish(request, error);
}

static int name_flags(int flags) {
  return ARES_NI_LOOKUPHOST | ARES_NI_LOOKUPSERVICE | ((flags & GV_NI_NUMERICHOST) != 0 ? ARES_NI_NUMERICHOST : 0) |
         ((flags & GV_NI_NUMERICSERV) != 0 ? ARES_NI_NUMERICSERV : 0) |
         ((flags & GV_NI_NOFQDN) != 0 ? ARES_NI_NOFQDN : 0) | ((flags & GV_NI_NAMEREQD) != 0 ? ARES_NI_NAMEREQD : 0) |
         ((flags & GV_NI_DGRAM) != 0 ? ARES_NI_DGRAM : 0);
}

int64_t resolver_name(struct gv_resolver *resolver, const int8_t *address, int size, int32_t scope, int port,
                      int flags) {
  struct request *request = request_new(resolver);
  if (request == NULL)
    return GV_ENOMEM;
  int64_t number = request->answer->request;
  struct sockaddr_storage socket_address;
  unsigned length = system_address(&socket_address, address, size, scope, port);
  ares_getnameinfo(resolver->channel, (struct sockaddr *)&socket_address, (ares_socklen_t)length, name_flags(flags),
                   on_name, request);
  return number;
}

/* ---- time and events ---- */

int64_t resolver_timeout(struct gv_resolver *resolver) {
  struct timeval left;
  if (ares_timeout(resolver->channel, NULL, &left) == NULL)
    return -1;
  return (int64_t)left.tv_sec * 1000000000 + (int64_t)left.tv_usec * 1000;
}

void resolver_process(struct gv_resolver *resolver, int fd, int events) {
  ares_process_fd(resolver->channel, (events & GV_READ) != 0 ? fd : ARES_SOCKET_BAD,
                  (events & GV_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
}
