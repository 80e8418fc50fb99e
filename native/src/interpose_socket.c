/*
 * interpose_socket.c: what is received from sockets and sent to them. MSG_DONTWAIT has a call of a blocking socket
 * fail where it would block.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <unistd.h>

/* Those that say themselves that they don't block, and those that never do. */
enum { DOES_NOT_BLOCK = MSG_DONTWAIT | MSG_ERRQUEUE | MSG_OOB };

/* What is asked of the system. */
struct request {
  int fd;
  void *memory;
  size_t size;
  struct sockaddr *name;
  socklen_t *name_size;
  struct msghdr *message;
};

/* Fails with errno. */
typedef ssize_t attempt(const struct request *request, int flags);

/* NULL: the caller isn't a greenlet, or the call is to be made as it is. */
static inline struct gv_greenlet *caller_of(int fd, int flags) {
  struct gv_greenlet *self = hub_caller();
  if (self == NULL || (flags & DOES_NOT_BLOCK) != 0)
    return NULL;
  uint32_t kind = descriptor_kind(fd);
  return (kind & IS_SOCKET) && descriptor_waits(fd, kind) ? self : NULL;
}

/* Whether a call that has failed would have blocked: then the limit of its wait. */
static bool is_to_wait(int fd, int option, int64_t *limit) {
  if (errno != EAGAIN || descriptor_is_nonblocking(fd)) {
    return false;
  }
  *limit = socket_limit(fd, option);
  return true;
}

/* Waits, and tries again, after an attempt that would have blocked. Returns what the call is to return. */
static ssize_t insist(struct gv_greenlet *self, const struct request *request, int events, attempt *attempt, int flags,
                      int64_t limit) {
  for (;;) {
    ssize_t result;
    switch (descriptor_wait(self, request->fd, events, limit)) {
    case WAIT_LOOK:
      result = attempt(request, flags | MSG_DONTWAIT);
      if (result >= 0 || errno != EAGAIN)
        return result;
      break;
    case WAIT_LATE:
      errno = EAGAIN;
      return -1;
    case WAIT_BROKEN:
      errno = EINTR;
      return -1;
    default:
      return attempt(request, flags);
    }
  }
}

/* ---- receiving ---- */

/* Whether a blocking call of a socket without a limit surely finds nothing. */
static inline bool is_surely_empty(struct fd_place *place) {
  uint32_t known = (uint32_t)atomic_load_explicit(&place->word, memory_order_relaxed);
  return (known & BLOCKS) && (known & HAS_NO_LIMIT) && !interpose_strangers && guess_is_empty(&place->guess);
}

static inline __attribute__((always_inline)) ssize_t receive(struct gv_greenlet *self, const struct request *request,
                                                             attempt *attempt, int flags) {
  ssize_t result = attempt(request, flags | MSG_DONTWAIT);
  int64_t limit;
  if (result >= 0 || errno != EAGAIN)
    return result;
  if (!is_to_wait(request->fd, SO_RCVTIMEO, &limit)) {
    errno = EAGAIN;
    return -1;
  }
  return insist(self, request, GV_READ, attempt, flags, limit);
}

static ssize_t try_recv(const struct request *request, int flags) {
  return recv(request->fd, request->memory, request->size, flags);
}

/* Of a connection, mostly. */
static ssize_t try_read(const struct request *request, int flags) {
  ssize_t count = try_recv(request, flags);
  struct fd_place *place = fdtable_find(request->fd);
  if (place != NULL)
    guess_learn(&place->guess, count, request->size);
  return count;
}

static ssize_t try_recvfrom(const struct request *request, int flags) {
  return recvfrom(request->fd, request->memory, request->size, flags, request->name, request->name_size);
}

static ssize_t try_recvmsg(const struct request *request, int flags) {
  return recvmsg(request->fd, request->message, flags);
}

/* The most usual one. */
ssize_t socket_read(struct gv_greenlet *self, int fd, void *memory, size_t size) {
  struct request request = {.fd = fd, .memory = memory, .size = size};
  struct fd_place *place = fdtable_find(fd);
  if (place != NULL && is_surely_empty(place))
    return insist(self, &request, GV_READ, try_read, 0, -1);
  return receive(self, &request, try_read, 0);
}

ssize_t socket_readv(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count) {
  struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)count};
  return receive(self, &(struct request){.fd = fd, .message = &message}, try_recvmsg, 0);
}

/* With MSG_WAITALL it waits for all of it: piece by piece, until there is no more. */
static ssize_t receive_all(struct gv_greenlet *self, int fd, void *memory, size_t size, int flags) {
  size_t done = 0;
  while (done < size) {
    struct request request = {.fd = fd, .memory = (char *)memory + done, .size = size - done};
    ssize_t result = receive(self, &request, try_recv, flags & ~MSG_WAITALL);
    if (result <= 0)
      return done > 0 ? (ssize_t)done : result;
    done += (size_t)result;
  }
  return (ssize_t)done;
}

ssize_t hook_recv(int fd, void *memory, size_t size, int flags) {
  struct gv_greenlet *self = caller_of(fd, flags);
  if (self == NULL)
    return recv(fd, memory, size, flags);
  if ((flags & (MSG_WAITALL | MSG_PEEK)) == MSG_WAITALL)
    return receive_all(self, fd, memory, size, flags);
  return receive(self, &(struct request){.fd = fd, .memory = memory, .size = size}, try_recv, flags);
}

ssize_t hook_recvfrom(int fd, void *memory, size_t size, int flags, struct sockaddr *name, socklen_t *name_size) {
  struct gv_greenlet *self = caller_of(fd, flags);
  if (self == NULL)
    return recvfrom(fd, memory, size, flags, name, name_size);
  struct request request = {.fd = fd, .memory = memory, .size = size, .name = name, .name_size = name_size};
  return receive(self, &request, try_recvfrom, flags);
}

ssize_t hook_recvmsg(int fd, struct msghdr *message, int flags) {
  struct gv_greenlet *self = caller_of(fd, flags);
  if (self == NULL)
    return recvmsg(fd, message, flags);
  return receive(self, &(struct request){.fd = fd, .message = message}, try_recvmsg, flags);
}

/* ---- sending: a blocking call of a connection sends all of it ---- */

static ssize_t put(int fd, const void *memory, size_t size, int flags, bool blocks) {
  return send(fd, memory, size, blocks ? flags : flags | MSG_DONTWAIT);
}

/* After an attempt that has sent less than all of it. */
static ssize_t send_rest(struct gv_greenlet *self, const struct request *request, attempt *attempt, int flags,
                         ssize_t sent, const struct iovec *pieces, int count) {
  if (sent < 0 && errno != EAGAIN)
    return sent;
  bool nonblocking = descriptor_is_nonblocking(request->fd);
  int64_t limit = nonblocking ? -1 : socket_limit(request->fd, SO_SNDTIMEO);
  errno = EAGAIN;
  if (nonblocking)
    return sent;
  if (sent < 0)
    sent = insist(self, request, GV_WRITE, attempt, flags, limit);
  return sent < 0 ? sent : put_rest(self, request->fd, pieces, count, (size_t)sent, limit, put, flags);
}

static inline __attribute__((always_inline)) ssize_t send_all(struct gv_greenlet *self, const struct request *request,
                                                              attempt *attempt, int flags) {
  ssize_t sent = attempt(request, flags | MSG_DONTWAIT);
  if (__builtin_expect(sent == (ssize_t)request->size, 1))
    return sent;
  struct iovec piece = {.iov_base = request->memory, .iov_len = request->size};
  return send_rest(self, request, attempt, flags, sent, &piece, 1);
}

static ssize_t try_send(const struct request *request, int flags) {
  return send(request->fd, request->memory, request->size, flags);
}

static ssize_t try_sendto(const struct request *request, int flags) {
  return sendto(request->fd, request->memory, request->size, flags, request->name, *request->name_size);
}

static ssize_t try_sendmsg(const struct request *request, int flags) {
  return sendmsg(request->fd, request->message, flags);
}

static ssize_t send_message(struct gv_greenlet *self, int fd, const struct msghdr *message, int flags) {
  struct request request = {.fd = fd, .message = (struct msghdr *)message};
  ssize_t sent = try_sendmsg(&request, flags | MSG_DONTWAIT);
  if (sent >= 0 && (size_t)sent == pieces_size(message->msg_iov, (int)message->msg_iovlen))
    return sent;
  return send_rest(self, &request, try_sendmsg, flags, sent, message->msg_iov, (int)message->msg_iovlen);
}

ssize_t socket_write(struct gv_greenlet *self, int fd, const void *memory, size_t size) {
  return send_all(self, &(struct request){.fd = fd, .memory = (void *)memory, .size = size}, try_send, 0);
}

ssize_t socket_writev(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count) {
  struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)count};
  return send_message(self, fd, &message, 0);
}

ssize_t hook_send(int fd, const void *memory, size_t size, int flags) {
  struct gv_greenlet *self = caller_of(fd, flags);
  if (self == NULL)
    return send(fd, memory, size, flags);
  return send_all(self, &(struct request){.fd = fd, .memory = (void *)memory, .size = size}, try_send, flags);
}

ssize_t hook_sendto(int fd, const void *memory, size_t size, int flags, const struct sockaddr *name,
                    socklen_t name_size) {
  struct gv_greenlet *self = caller_of(fd, flags);
  if (self == NULL)
    return sendto(fd, memory, size, flags, name, name_size);
  struct request request = {
      .fd = fd, .memory = (void *)memory, .size = size, .name = (struct sockaddr *)name, .name_size = &name_size};
  return send_all(self, &request, try_sendto, flags);
}

ssize_t hook_sendmsg(int fd, const struct msghdr *message, int flags) {
  struct gv_greenlet *self = caller_of(fd, flags);
  return self == NULL ? sendmsg(fd, message, flags) : send_message(self, fd, message, flags);
}
