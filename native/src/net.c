#define _GNU_SOURCE
#include "net.h"

#include "clock.h"
#include "slab.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <dlfcn.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#else
#include <sys/uio.h>
#endif

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0
#endif

/* ---- inside ---- */

static inline bool is_closed(struct gv_socket *socket) {
  return atomic_load_explicit(&socket->users, memory_order_relaxed) & SOCKET_CLOSED;
}

/* The last one out closes the descriptor: until then its number stands for nothing else. */
void net_leave(struct gv_socket *socket) {
  if (__builtin_expect(atomic_fetch_sub(&socket->users, SOCKET_USER) == (SOCKET_USER | SOCKET_CLOSED), 0))
    close(socket->fd);
}

/* With CLOSED no one comes in after it. Returns whether it was open. */
static inline bool enter_and(struct gv_socket *socket, uint32_t closed) {
  uint32_t users = atomic_load_explicit(&socket->users, memory_order_relaxed);
  do
    if (__builtin_expect(users & SOCKET_CLOSED, 0))
      return false;
  while (!atomic_compare_exchange_weak(&socket->users, &users, users + SOCKET_USER + closed));
  return true;
}

bool net_enter(struct gv_socket *socket) {
  return enter_and(socket, 0);
}

/* ---- waiting ---- */

static const int64_t PAUSE = 2000000; /* ns between two looks at what can't be waited for */

/* How long he may wait now. The clock is asked by who has a limit only, and has to wait. */
static bool has_time(struct caller *caller) {
  if (caller->left < 0)
    return true;
  int64_t now = clock_now();
  if (caller->end == 0)
    caller->end = caller->left > INT64_MAX - now ? INT64_MAX : now + caller->left;
  else if (now >= caller->end)
    return false;
  caller->left = caller->end - now;
  return caller->left > 0;
}

static int events_of(short revents, int events) {
  int news = ((revents & (POLLIN | POLLPRI)) ? GV_READ : 0) | ((revents & POLLOUT) ? GV_WRITE : 0);
  return (revents & (POLLERR | POLLHUP)) ? events : news & events;
}

/* Returns events, or 0: there are none yet. */
static int poll_once(int fd, int events, int ms) {
  struct pollfd pollfd = {.fd = fd};
  pollfd.events = (short)(((events & GV_READ) ? POLLIN : 0) | ((events & GV_WRITE) ? POLLOUT : 0));
  if (poll(&pollfd, 1, ms) < 0)
    return errno == EINTR ? 0 : GV_ESYSTEM - errno;
  if (pollfd.revents & POLLNVAL)
    return GV_ESYSTEM - EBADF;
  return events_of(pollfd.revents, events);
}

/* Who has no hub has nobody to make way for. */
static int wait_alone(struct caller *caller, int fd, int events) {
  int64_t ms = caller->left < 0 ? -1 : caller->left / 1000000 + 1;
  return poll_once(fd, events, ms > INT32_MAX ? INT32_MAX : (int)ms);
}

/* In a hub, by a watcher that is there for this one wait. */
static int wait_once(struct caller *caller, struct gv_watcher *watcher, int fd, int events, bool ref) {
  watcher_init(watcher, &caller->hub->watchers, GV_IO);
  watcher_set_ref(watcher, ref);
  int status = watcher_set_io(watcher, fd, events);
  if (status == GV_OK)
    status = hub_wait_for(caller->hub, caller->self, watcher, caller->left);
  if (status != GV_EEXIT && watcher->home != NULL)
    watcher_term(watcher);
  return status;
}

/* Other threads ask too, while its home comes to its end. */
static inline struct watchers *home_of(const struct side *side) {
  return __atomic_load_n(&side->watcher.home, __ATOMIC_ACQUIRE);
}

/* As long as it has one, the other hub's lists may lead to it. */
static bool has_home(const struct gv_socket *socket) {
  return home_of(&socket->reading) != NULL || home_of(&socket->writing) != NULL;
}

static int wait_elsewhere(struct caller *caller, struct side *side, int fd, int event, bool ref) {
  struct gv_watcher watcher;
  side->waiting = &watcher;
  atomic_store(&side->elsewhere, caller->hub);
  int status = wait_once(caller, &watcher, fd, event, ref);
  if (status != GV_EEXIT)
    atomic_store(&side->elsewhere, NULL);
  return status;
}

static int wait_inside(struct caller *caller, struct gv_socket *socket, struct side *side, int event) {
  if (caller->hub == NULL)
    return wait_alone(caller, socket->fd, event);
  bool ref = !atomic_load_explicit(&socket->unref, memory_order_relaxed);
  if (home_of(side) != &caller->hub->watchers)
    return wait_elsewhere(caller, side, socket->fd, event, ref);
  watcher_set_ref(&side->watcher, ref);
  return hub_wait_for(caller->hub, caller->self, &side->watcher, caller->left);
}

/* Suspends the caller, who is inside, until there are events, which it returns, or something else is worth a look: 0.
 */
static int wait_for(struct caller *caller, struct gv_socket *socket, int event) {
  struct side *side = event == GV_READ ? &socket->reading : &socket->writing;
  if (is_closed(socket))
    return GV_ECLOSED;
  if (!has_time(caller))
    return GV_ETIMEDOUT;
  if (atomic_exchange(&side->taken, true))
    return GV_EBUSY;
  int status = wait_inside(caller, socket, side, event);
  if (status == GV_EEXIT)
    return status;
  atomic_store_explicit(&side->taken, false, memory_order_release);
  return is_closed(socket) ? GV_ECLOSED : status;
}

/* ---- the calls ---- */

/* What is asked of the system. */
struct request {
  void *memory;
  int64_t size;
  int64_t offset;
  int number; /* flags, or a file */
};

/* Fails with errno, as recv(2) does. */
typedef int64_t attempt(struct gv_socket *socket, const struct request *request);

/* Whether what a call returns is due to the shutdown by which net_wake reaches who waits in poll(2): an end or an error
 * that isn't the peer's. */
static inline bool is_of_close(struct gv_socket *socket, int64_t result) {
  return result <= 0 && result != GV_EEXIT && is_closed(socket);
}

/* Tries until it doesn't block, and waits in between. Inlined, so that each call has its own attempt in it. */
static inline __attribute__((always_inline)) int64_t perform(struct caller *caller, struct gv_socket *socket, int event,
                                                             attempt *attempt, const struct request *request,
                                                             bool waits_first) {
  if (__builtin_expect(!net_enter(socket), 0))
    return GV_ECLOSED;
  int64_t result = waits_first ? wait_for(caller, socket, event) : GV_OK;
  while (result >= 0) {
    result = attempt(socket, request);
    if (result >= 0)
      break;
    int error = errno;
    result = error == EAGAIN || error == EWOULDBLOCK ? wait_for(caller, socket, event)
             : error == EINTR                        ? GV_OK
                                                     : GV_ESYSTEM - error;
  }
  if (__builtin_expect(is_of_close(socket, result), 0))
    result = GV_ECLOSED;
  if (__builtin_expect(result != GV_EEXIT, 1))
    net_leave(socket);
  return result;
}

/* And he may wait. */
static inline bool is_surely_empty(const struct caller *caller, struct gv_socket *socket) {
  return !atomic_load_explicit(&socket->reading.taken, memory_order_relaxed) && caller->left != 0 &&
         caller->hub != NULL && caller->self != caller->hub->runner &&
         home_of(&socket->reading) == &caller->hub->watchers && guess_is_empty(&socket->guess);
}

/*
 * recv(2) and send(2) without what the C library adds: a look whether the thread is to be cancelled, in memory that of
 * a greenlet among thousands is in no cache. Unless they are another
 * library's than, say, qsort: that has its own sockets then.
 */
#if defined(__linux__)
static bool straight;

__attribute__((constructor)) static void find_out(void) {
  Dl_info recv_of, send_of, libc;
  straight = dladdr((void *)recv, &recv_of) != 0 && dladdr((void *)send, &send_of) != 0 &&
             dladdr((void *)qsort, &libc) != 0 && recv_of.dli_fbase == libc.dli_fbase &&
             send_of.dli_fbase == libc.dli_fbase;
}

static inline ssize_t receive_some(int fd, void *memory, size_t size) {
  return straight ? syscall(SYS_recvfrom, fd, memory, size, 0, NULL, NULL) : recv(fd, memory, size, 0);
}

static inline ssize_t send_some(int fd, const void *memory, size_t size) {
  return straight ? syscall(SYS_sendto, fd, memory, size, MSG_NOSIGNAL, NULL, 0) : send(fd, memory, size, MSG_NOSIGNAL);
}
#else
static inline ssize_t receive_some(int fd, void *memory, size_t size) {
  return recv(fd, memory, size, 0);
}

static inline ssize_t send_some(int fd, const void *memory, size_t size) {
  return send(fd, memory, size, MSG_NOSIGNAL);
}
#endif

static int64_t try_read(struct gv_socket *socket, const struct request *request) {
  ssize_t count = receive_some(socket->fd, request->memory, (size_t)request->size);
  guess_learn(&socket->guess, count, (size_t)request->size);
  return count;
}

int64_t net_read(struct caller *caller, struct gv_socket *socket, void *memory, int64_t size) {
  return perform(caller, socket, GV_READ, try_read, &(struct request){.memory = memory, .size = size},
                 is_surely_empty(caller, socket));
}

static int64_t try_write(struct gv_socket *socket, const struct request *request) {
  return send_some(socket->fd, request->memory, (size_t)request->size);
}

int64_t net_write(struct caller *caller, struct gv_socket *socket, const void *memory, int64_t size) {
  return perform(caller, socket, GV_WRITE, try_write, &(struct request){.memory = (void *)memory, .size = size}, false);
}

static int64_t try_receive(struct gv_socket *socket, const struct request *request) {
  return recvmsg(socket->fd, request->memory, request->number);
}

int64_t net_receive(struct caller *caller, struct gv_socket *socket, struct msghdr *message, int flags) {
  return perform(caller, socket, GV_READ, try_receive, &(struct request){.memory = message, .number = flags}, false);
}

static int64_t try_send(struct gv_socket *socket, const struct request *request) {
  return sendmsg(socket->fd, request->memory, request->number | MSG_NOSIGNAL);
}

int64_t net_send(struct caller *caller, struct gv_socket *socket, const struct msghdr *message, int flags) {
  return perform(caller, socket, GV_WRITE, try_send, &(struct request){.memory = (void *)message, .number = flags},
                 false);
}

int64_t net_write_pieces(struct caller *caller, struct gv_socket *socket, const struct iovec *pieces, int count) {
  struct iovec copy[GV_PIECES_MAX];
  memcpy(copy, pieces, (size_t)count * sizeof *copy);
  struct msghdr message = {.msg_iov = copy, .msg_iovlen = (size_t)count};
  return net_send(caller, socket, &message, 0);
}

static int64_t try_send_file(struct gv_socket *socket, const struct request *request) {
  off_t offset = request->offset;
#if defined(__linux__)
  return sendfile(socket->fd, request->number, &offset, (size_t)request->size);
#else
  off_t sent = request->size;
  return sendfile(request->number, socket->fd, offset, &sent, NULL, 0) == 0 || sent > 0 ? sent : -1;
#endif
}

int64_t net_send_file(struct caller *caller, struct gv_socket *socket, int file, int64_t offset, int64_t size) {
  return perform(caller, socket, GV_WRITE, try_send_file,
                 &(struct request){.number = file, .offset = offset, .size = size}, false);
}

/* From whom. */
struct peer {
  struct sockaddr_storage name;
  socklen_t size;
};

static int accept_one(int fd, struct peer *peer) {
  struct sockaddr *name = (struct sockaddr *)&peer->name;
  peer->size = sizeof peer->name;
#if defined(__linux__)
  return accept4(fd, name, &peer->size, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  int accepted = accept(fd, name, &peer->size);
  if (accepted >= 0)
    fcntl(accepted, F_SETFD, FD_CLOEXEC);
  return accepted;
#endif
}

/* A connection must not become the program's standard input; and 0 is what a call returns that has come to an end. */
static int other_than_0(int fd) {
  if (__builtin_expect(fd != 0, 1))
    return fd;
  int other = fcntl(fd, F_DUPFD_CLOEXEC, 1);
  int error = errno;
  close(fd);
  errno = error;
  return other;
}

/* Of those that have broken off while they waited for us nothing is left to tell. */
static int64_t try_accept(struct gv_socket *socket, const struct request *request) {
  int accepted;
  do
    accepted = accept_one(socket->fd, request->memory);
  while (accepted < 0 && (errno == ECONNABORTED || errno == EPROTO));
  return other_than_0(accepted);
}

int net_accept(struct caller *caller, struct gv_socket *socket, struct gv_address *from) {
  struct peer peer;
  int accepted = (int)perform(caller, socket, GV_READ, try_accept, &(struct request){.memory = &peer}, false);
  if (accepted >= 0)
    net_address_from(from, &peer.name, peer.size);
  return accepted;
}

/* What has become of a connection under way: 0; or -1 with errno, EAGAIN while it still is. */
static int64_t try_connected(struct gv_socket *socket, const struct request *request) {
  (void)request;
  struct pollfd pollfd = {.fd = socket->fd, .events = POLLOUT};
  int error = EAGAIN;
  socklen_t size = sizeof error;
  if (poll(&pollfd, 1, 0) > 0 && getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
    return -1;
  errno = error;
  return error == 0 ? 0 : -1;
}

static int connect_once(struct gv_socket *socket, const struct sockaddr_storage *name, socklen_t size) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = connect(socket->fd, (const struct sockaddr *)name, size) == 0 ? GV_OK : GV_ESYSTEM - errno;
  net_leave(socket);
  return status;
}

/* Lets a little time pass. */
static int pause_once(struct caller *caller) {
  if (!has_time(caller))
    return GV_ETIMEDOUT;
  int64_t ns = caller->left < 0 || caller->left > PAUSE ? PAUSE : caller->left;
  if (caller->hub != NULL)
    return hub_sleep(caller->hub, caller->self, ns, true);
  nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
  return GV_OK;
}

int net_connect(struct caller *caller, struct gv_socket *socket, const struct gv_address *address) {
  struct sockaddr_storage name;
  socklen_t size = net_address_to(address, &name);
  if (size == 0)
    return GV_EINVAL;
  int status = connect_once(socket, &name, size);
  /* A unix listener's backlog is full: nothing says when there is room again. */
  while (status == GV_ESYSTEM - EAGAIN && name.ss_family == AF_UNIX && (status = pause_once(caller)) == GV_OK)
    status = connect_once(socket, &name, size);
  if (status == GV_ESYSTEM - EINPROGRESS || status == GV_ESYSTEM - EALREADY || status == GV_ESYSTEM - EINTR)
    return (int)perform(caller, socket, GV_WRITE, try_connected, NULL, false);
  return status;
}

/* A wait also ends when the time is up: so it looks whether there is news. */
int net_wait(struct caller *caller, struct gv_socket *socket, int events) {
  if (socket->copy && caller->hub == NULL)
    return GV_EINVAL;
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status;
  do
    status = wait_for(caller, socket, events);
  while (status == 0);
  if (status != GV_EEXIT)
    net_leave(socket);
  return status < 0 ? status : GV_OK;
}

int net_wait_fd(struct caller *caller, int fd, int events) {
  struct gv_watcher watcher;
  if (fd < 0)
    return GV_ESYSTEM - EBADF;
  int status = caller->left == 0 ? poll_once(fd, events, 0) : 0;
  while (status == 0) {
    if (!has_time(caller))
      return GV_ETIMEDOUT;
    status = caller->hub == NULL ? wait_alone(caller, fd, events) : wait_once(caller, &watcher, fd, events, true);
  }
  if (status == GV_ESYSTEM - EPERM) /* a file, which epoll doesn't take: libev knows that, libuv doesn't */
    return poll_once(fd, events, 0);
  return status > 0 && (status & GV_ERROR) ? GV_ESYSTEM - EBADF : status;
}

/* ---- opening and closing ---- */

static struct slab sockets = SLAB_INIT(struct gv_socket);

struct gv_socket *net_new(int fd, int *status) {
  int flags = fcntl(fd, F_GETFL);
  bool done = flags >= 0 && ((flags & O_NONBLOCK) || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0);
  struct gv_socket *socket = done ? slab_take(&sockets) : NULL;
  *status = socket != NULL ? GV_OK : done ? GV_ENOMEM : GV_ESYSTEM - errno;
  if (socket != NULL)
    socket->fd = fd;
  return socket;
}

/* Not made non-blocking, since it is only waited for, and a kqueue can't be. */
struct gv_socket *net_new_copy(int fd, int *status) {
  struct gv_socket *socket = slab_take(&sockets);
  if (socket == NULL) {
    *status = GV_ENOMEM;
    return NULL;
  }
  socket->copy = true;
  socket->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (socket->fd < 0) {
    *status = GV_ESYSTEM - errno;
    slab_return(&sockets, socket);
    return NULL;
  }
  *status = GV_OK;
  return socket;
}

int net_settle(struct gv_hub *hub, struct gv_socket *socket) {
  if (has_home(socket))
    return GV_EINVAL;
  int status = watchers_keep(&hub->watchers, socket->fd);
  if (status != GV_OK)
    return status;
  watcher_init(&socket->reading.watcher, &hub->watchers, GV_IO);
  watcher_set_io(&socket->reading.watcher, socket->fd, GV_READ);
  watcher_init(&socket->writing.watcher, &hub->watchers, GV_IO);
  watcher_set_io(&socket->writing.watcher, socket->fd, GV_WRITE);
  return GV_OK;
}

/* The loop must not watch the descriptor any more when it is closed: so that is done first. */
void net_close(struct gv_socket *socket) {
  if (!enter_and(socket, SOCKET_CLOSED))
    return;
  struct watchers *home = socket->reading.watcher.home;
  if (home != NULL) {
    watcher_term(&socket->reading.watcher);
    watcher_term(&socket->writing.watcher);
    watchers_release(home, socket->fd);
  }
  net_leave(socket);
}

static void retry(struct gv_hub *hub, struct side *side) {
  if (home_of(side) == &hub->watchers && side->watcher.active)
    watcher_feed(&side->watcher, side->watcher.io.mask);
  if (atomic_load(&side->elsewhere) == hub && side->waiting->active)
    watcher_feed(side->waiting, side->waiting->io.mask);
}

void net_retry(struct gv_hub *hub, struct gv_socket *socket) {
  retry(hub, &socket->reading);
  retry(hub, &socket->writing);
}

void net_set_ref(struct gv_socket *socket, bool ref) {
  atomic_store(&socket->unref, !ref);
}

static void wake_elsewhere(struct gv_hub *hub, struct side *side) {
  if (atomic_load(&side->elsewhere) == hub)
    watcher_term(side->waiting);
}

/* As long as somebody is inside the descriptor is open. */
static void wake_alone(struct gv_socket *socket) {
  uint32_t users = atomic_load(&socket->users);
  while (users >= SOCKET_USER)
    if (atomic_compare_exchange_weak(&socket->users, &users, users + SOCKET_USER)) {
      shutdown(socket->fd, SHUT_RDWR);
      net_leave(socket);
      return;
    }
}

void net_wake(struct gv_hub *hub, struct gv_socket *socket) {
  if (hub == NULL) {
    wake_alone(socket);
  } else {
    wake_elsewhere(hub, &socket->reading);
    wake_elsewhere(hub, &socket->writing);
  }
}

void net_free(struct gv_socket *socket) {
  slab_return(&sockets, socket);
}
