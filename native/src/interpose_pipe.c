/*
 * interpose_pipe.c: what is read from pipes, terminals and the like, and written to them: calls that have no flag to
 * say that they must not block.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* ---- what is left to be written ---- */

size_t pieces_size(const struct iovec *pieces, int count) {
  size_t size = 0;
  for (int i = 0; i < count; i++)
    size += pieces[i].iov_len;
  return size;
}

/* What is left of the first piece that isn't done; a size of 0: nothing is. */
static struct iovec left_of(const struct iovec *pieces, int count, size_t done) {
  for (int i = 0; i < count; i++) {
    if (done < pieces[i].iov_len)
      return (struct iovec){(char *)pieces[i].iov_base + done, pieces[i].iov_len - done};
    done -= pieces[i].iov_len;
  }
  return (struct iovec){0};
}

ssize_t put_rest(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count, size_t done, int64_t limit,
                 put_bytes *put, int flags) {
  bool blocks = false;
  for (;;) {
    struct iovec left = left_of(pieces, count, done);
    if (left.iov_len == 0)
      return (ssize_t)done;
    ssize_t written = put(fd, left.iov_base, left.iov_len, flags, blocks);
    if (written >= 0) {
      done += (size_t)written;
      continue;
    }
    if (errno != EAGAIN)
      return (ssize_t)done;
    enum wait wait = descriptor_wait(self, fd, GV_WRITE, limit);
    if (wait == WAIT_LATE || wait == WAIT_BROKEN) {
      errno = wait == WAIT_LATE ? EAGAIN : EINTR;
      return (ssize_t)done;
    }
    blocks = wait == WAIT_ALONE;
  }
}

/* ---- trying without blocking ---- */

/* Whether there is something, or room for something: by poll(2). */
static bool is_ready(int fd, short events) {
  struct pollfd pollfd = {.fd = fd, .events = events};
  return poll(&pollfd, 1, 0) != 0;
}

static bool would_block(void) {
  errno = EAGAIN;
  return true;
}

/* Whether the kernel can't try for this kind of file. */
static bool can_not_try(int fd) {
  if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)
    return false;
  descriptor_add(fd, HAS_NO_TRY);
  return true;
}

static ssize_t try_readv(int fd, const struct iovec *pieces, int count) {
  if ((descriptor_kind(fd) & HAS_NO_TRY) == 0) {
    ssize_t result = preadv2(fd, pieces, count, -1, RWF_NOWAIT);
    if (result >= 0 || !can_not_try(fd))
      return result;
  }
  if (!is_ready(fd, POLLIN) && would_block())
    return -1;
  return readv(fd, pieces, count);
}

/* No more than there is room for, once there is some: then it doesn't block. */
static ssize_t put(int fd, const void *memory, size_t size, int flags, bool blocks) {
  (void)flags;
  if (blocks)
    return write(fd, memory, size);
  if ((descriptor_kind(fd) & HAS_NO_TRY) == 0) {
    struct iovec piece = {(void *)memory, size};
    ssize_t result = pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
    if (result >= 0 || !can_not_try(fd))
      return result;
  }
  if (!is_ready(fd, POLLOUT) && would_block())
    return -1;
  return write(fd, memory, size < PIPE_BUF ? size : PIPE_BUF);
}

/* ---- the calls ---- */

/*
 * Who is woken because somebody has closed the number must not try again, nor be told to: it may stand for another file
 * by now. The kernel would have him wait on, until the other end goes as well. To him it is as if it had gone.
 */
static bool is_gone(int fd, uint32_t closings) {
  return fd_closings(fd) != closings;
}

ssize_t pipe_readv(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count) {
  uint32_t closings = fd_closings(fd);
  for (;;) {
    ssize_t result = try_readv(fd, pieces, count);
    if (result >= 0 || errno != EAGAIN)
      return result;
    bool nonblocking = descriptor_is_nonblocking(fd);
    errno = EAGAIN;
    if (nonblocking)
      return -1;
    switch (descriptor_wait(self, fd, GV_READ, -1)) {
    case WAIT_LOOK:
      break;
    case WAIT_BROKEN:
      if (is_gone(fd, closings))
        return 0;
      errno = EINTR;
      return -1;
    default:
      return readv(fd, pieces, count);
    }
  }
}

/* A write of no more than PIPE_BUF bytes is in one piece, as the pipe's readers and other writers see it. */
static bool must_not_be_cut(const struct iovec *pieces, int count) {
  return count > 1 && pieces_size(pieces, count) <= PIPE_BUF;
}

ssize_t pipe_writev(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count) {
  if (descriptor_is_nonblocking(fd))
    return writev(fd, pieces, count);
  char whole[PIPE_BUF];
  struct iovec joined = {whole, 0};
  if (must_not_be_cut(pieces, count)) {
    for (int i = 0; i < count; i++)
      for (size_t k = 0; k < pieces[i].iov_len; k++)
        whole[joined.iov_len++] = ((const char *)pieces[i].iov_base)[k];
    pieces = &joined;
    count = 1;
  }
  uint32_t closings = fd_closings(fd);
  ssize_t done = put_rest(self, fd, pieces, count, 0, -1, put, 0);
  if (done == 0 && errno == EINTR && is_gone(fd, closings))
    errno = EPIPE;
  return done == 0 ? -1 : done; /* of nothing written, errno says why */
}
