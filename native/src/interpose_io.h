/*
 * interpose_io.h: what the hooks of descriptors share. Each tries without blocking; where that doesn't do, and the
 * descriptor is a blocking one, the greenlet waits in its hub and tries again. What it leaves in errno is what the real
 * call would.
 */
#ifndef GV_INTERPOSE_IO_H
#define GV_INTERPOSE_IO_H

#include "fdtable.h"
#include "hub.h"
#include "interpose.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Those whose hooks see descriptors: while one of them is on we are told of what is closed. */
enum { IO_PATCHES = GV_PATCH_SOCKET | GV_PATCH_SELECT | GV_PATCH_SUBPROCESS | GV_PATCH_STDIN | GV_PATCH_FILES };

/* ---- interpose_descriptor.c: what a descriptor is ---- */

/* Bits of fd_known. */
enum {
  IS_SOCKET = 1,
  IS_PIPE = 2,
  IS_TERMINAL = 4, /* or another device */
  IS_FILE = 8,     /* which is always ready, and may block all the same */
  IS_OTHER = 16,   /* an epoll set, an eventfd, a timerfd, ... */
  KINDS_OF_FILE = 31,
  HAS_NO_LIMIT = 32, /* a socket without SO_RCVTIMEO and SO_SNDTIMEO */
  HAS_NO_TRY = 64,   /* the system can't read it without blocking, but can tell whether that would block */
  BLOCKS = 128,      /* a socket whose owner doesn't want to be told EAGAIN, nor has said so since */
  HAS_COPIES = 256   /* whose flags may be set by another number */
};

/* fstat(2)s it, and remembers. 0 for none. */
uint32_t descriptor_learn(int fd);

/* What it is: 0 for none. */
static inline uint32_t descriptor_kind(int fd) {
  uint32_t known = fd_known(fd);
  return (known & KINDS_OF_FILE) && !interpose_strangers ? known : descriptor_learn(fd);
}

void descriptor_add(int fd, uint32_t bits);

/* Whether its calls are to wait in the hub. What is written to the descriptors 1 and 2 is written at once, as gevent
 * does: a PrintStream's monitor is held there. */
bool descriptor_waits(int fd, uint32_t kind);

/* Whether its owner wants to be told EAGAIN. Changes errno. */
bool descriptor_is_nonblocking(int fd);

/* fcntl(2) with F_SETFL; and that other numbers stand for the same file, by which the flags may be set. */
int descriptor_set_flags(int fd, void *flags);
void descriptor_copied(int fd);

/* When a wait for a socket that begins now ends, by SO_RCVTIMEO or SO_SNDTIMEO: for limit_reached; -1: never. */
int64_t socket_limit(int fd, int option);

/* ---- interpose_wait.c ---- */

enum wait {
  WAIT_LOOK,   /* there may be news */
  WAIT_LATE,   /* the time is up */
  WAIT_BROKEN, /* somebody has closed it or put another in its place, or something is thrown in us: EINTR */
  WAIT_ALONE   /* there is no hub for it any more: to block is right */
};

/* When a wait of so many ms that begins now ends, by clock_now; -1: never. */
int64_t limit_of(int ms);

/* What is left of it, in ms for poll(2). */
int limit_left(int64_t limit);

/* For GV_READ, GV_WRITE or both. Changes errno. */
enum wait descriptor_wait(struct gv_greenlet *self, int fd, int events, int64_t limit);

/* For any of several: poll(2)'s. */
enum wait descriptors_wait(struct gv_greenlet *self, const struct pollfd *fds, int count, int64_t limit);

/* For so many ns; and until the others that are ready have had their turn. */
enum wait pause_wait(struct gv_greenlet *self, int64_t ns);
enum wait yield_wait(struct gv_greenlet *self);

/* Around a call that blocks: the greenlet makes it on its own kernel thread. False: it can't, and blocks the hub's. */
bool away_begin(struct gv_greenlet *self);
void away_end(struct gv_greenlet *self); /* keeps errno */

/* interpose_away.c: the same for the calling thread, if that is a greenlet and one of the patches is on; else NULL, and
 * nothing is to be ended. */
struct gv_greenlet *away_if(int patches);
void away_back(struct gv_greenlet *self);

/* ---- the calls of a greenlet, whose descriptor waits ---- */

/* interpose_socket.c: -1 with ENOTSOCK for none. */
ssize_t socket_read(struct gv_greenlet *self, int fd, void *memory, size_t size);
ssize_t socket_readv(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count);
ssize_t socket_write(struct gv_greenlet *self, int fd, const void *memory, size_t size);
ssize_t socket_writev(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count);

/* interpose_pipe.c */
ssize_t pipe_readv(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count);
ssize_t pipe_writev(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count);

/* Writes what is left of the pieces after `done` bytes, of which there are some, as blocking calls do: all of it,
 * unless something comes in between. Returns how much is written in all. put() fails with EAGAIN instead of blocking,
 * unless it is to block. */
typedef ssize_t put_bytes(int fd, const void *memory, size_t size, int flags, bool blocks);
ssize_t put_rest(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count, size_t done, int64_t limit,
                 put_bytes *put, int flags);
size_t pieces_size(const struct iovec *pieces, int count);

/* ---- the hooks ---- */

/* interpose_wait.c */
int hook_pthread_kill(pthread_t thread, int number);

/* interpose_file.c */
ssize_t hook_read(int fd, void *memory, size_t size);
ssize_t hook_readv(int fd, const struct iovec *pieces, int count);
ssize_t hook_write(int fd, const void *memory, size_t size);
ssize_t hook_writev(int fd, const struct iovec *pieces, int count);
ssize_t hook_pread(int fd, void *memory, size_t size, off_t offset);
ssize_t hook_pwrite(int fd, const void *memory, size_t size, off_t offset);
int hook_fsync(int fd);
int hook_fdatasync(int fd);
ssize_t hook_sendfile(int out, int in, off_t *offset, size_t size);

/* interpose_socket.c */
ssize_t hook_recv(int fd, void *memory, size_t size, int flags);
ssize_t hook_recvfrom(int fd, void *memory, size_t size, int flags, struct sockaddr *name, socklen_t *name_size);
ssize_t hook_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t hook_send(int fd, const void *memory, size_t size, int flags);
ssize_t hook_sendto(int fd, const void *memory, size_t size, int flags, const struct sockaddr *name,
                    socklen_t name_size);
ssize_t hook_sendmsg(int fd, const struct msghdr *message, int flags);

/* interpose_connect.c */
int hook_connect(int fd, const struct sockaddr *name, socklen_t size);
int hook_accept(int fd, struct sockaddr *name, socklen_t *size);
int hook_accept4(int fd, struct sockaddr *name, socklen_t *size, int flags);
int hook_setsockopt(int fd, int level, int option, const void *value, socklen_t size);

/* interpose_poll.c */
struct epoll_event;
int hook_poll(struct pollfd *fds, nfds_t count, int ms);
int hook_epoll_wait(int set, struct epoll_event *events, int most, int ms);
int hook_epoll_pwait(int set, struct epoll_event *events, int most, int ms, const sigset_t *signals);
int hook_epoll_pwait2(int set, struct epoll_event *events, int most, const struct timespec *time,
                      const sigset_t *signals);

/* interpose_close.c */
int hook_close(int fd);
int hook_dup2(int from, int to);
int hook_dup3(int from, int to, int flags);

/* interpose_names.c */
struct addrinfo;
int hook_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);
int hook_getnameinfo(const struct sockaddr *name, socklen_t size, char *host, socklen_t host_size, char *service,
                     socklen_t service_size, int flags);

/* interpose_away.c */
pid_t hook_waitpid(pid_t child, int *status, int options);
int hook_waitid(int type, unsigned id, void *info, int options);
int hook_open(const char *path, int flags, mode_t mode);
int hook_fcntl(int fd, int command, void *argument);

#endif
