/*
 * interpose_file.c: calls that take any descriptor. What it is decides what to do: sockets and pipes are waited for in
 * the hub, and for regular files, which no loop can watch, the greenlet goes to its own kernel thread.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <limits.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* The calls of a greenlet that are to be made as they are. */
static inline bool is_plain(int fd, uint32_t kind, bool nothing) {
  return kind == 0 || nothing || !descriptor_waits(fd, kind);
}

/* What was a socket isn't one any more: somebody has closed it, of whom we aren't told. */
static bool was_mistaken(int fd) {
  if (errno != ENOTSOCK)
    return false;
  struct fd_place *place = fdtable_find(fd);
  if (place != NULL)
    fd_forget(place);
  return true;
}

static ssize_t read_away(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count) {
  if (!away_begin(self))
    return readv(fd, pieces, count);
  ssize_t result = readv(fd, pieces, count);
  away_end(self);
  return result;
}

static ssize_t write_away(struct gv_greenlet *self, int fd, const struct iovec *pieces, int count) {
  if (!away_begin(self))
    return writev(fd, pieces, count);
  ssize_t result = writev(fd, pieces, count);
  away_end(self);
  return result;
}

/* ---- read and write ---- */

ssize_t hook_read(int fd, void *memory, size_t size) {
  struct gv_greenlet *self = hub_caller();
  if (self == NULL)
    return read(fd, memory, size);
  uint32_t kind = descriptor_kind(fd);
  if (is_plain(fd, kind, size == 0))
    return read(fd, memory, size);
  if (kind & IS_SOCKET) {
    ssize_t result = socket_read(self, fd, memory, size);
    if (result >= 0 || !was_mistaken(fd))
      return result;
    kind = descriptor_learn(fd);
  }
  struct iovec piece = {memory, size};
  return kind & IS_FILE ? read_away(self, fd, &piece, 1) : pipe_readv(self, fd, &piece, 1);
}

ssize_t hook_readv(int fd, const struct iovec *pieces, int count) {
  struct gv_greenlet *self = hub_caller();
  if (self == NULL || count <= 0 || count > IOV_MAX)
    return readv(fd, pieces, count);
  uint32_t kind = descriptor_kind(fd);
  if (is_plain(fd, kind, pieces_size(pieces, count) == 0))
    return readv(fd, pieces, count);
  if (kind & IS_SOCKET) {
    ssize_t result = socket_readv(self, fd, pieces, count);
    if (result >= 0 || !was_mistaken(fd))
      return result;
    kind = descriptor_learn(fd);
  }
  return kind & IS_FILE ? read_away(self, fd, pieces, count) : pipe_readv(self, fd, pieces, count);
}

ssize_t hook_write(int fd, const void *memory, size_t size) {
  struct gv_greenlet *self = hub_caller();
  if (self == NULL)
    return write(fd, memory, size);
  uint32_t kind = descriptor_kind(fd);
  if (is_plain(fd, kind, size == 0))
    return write(fd, memory, size);
  if (kind & IS_SOCKET) {
    ssize_t result = socket_write(self, fd, memory, size);
    if (result >= 0 || !was_mistaken(fd))
      return result;
    kind = descriptor_learn(fd);
  }
  struct iovec piece = {(void *)memory, size};
  return kind & IS_FILE ? write_away(self, fd, &piece, 1) : pipe_writev(self, fd, &piece, 1);
}

ssize_t hook_writev(int fd, const struct iovec *pieces, int count) {
  struct gv_greenlet *self = hub_caller();
  if (self == NULL || count <= 0 || count > IOV_MAX)
    return writev(fd, pieces, count);
  uint32_t kind = descriptor_kind(fd);
  if (is_plain(fd, kind, pieces_size(pieces, count) == 0))
    return writev(fd, pieces, count);
  if (kind & IS_SOCKET) {
    ssize_t result = socket_writev(self, fd, pieces, count);
    if (result >= 0 || !was_mistaken(fd))
      return result;
    kind = descriptor_learn(fd);
  }
  return kind & IS_FILE ? write_away(self, fd, pieces, count) : pipe_writev(self, fd, pieces, count);
}

/* ---- regular files only ---- */

/* Who is to make a call of a file away, and has gone there; or NULL. */
static struct gv_greenlet *file_begin(int fd) {
  struct gv_greenlet *self = hub_caller();
  return self != NULL && interpose_is_on(GV_PATCH_FILES) && (descriptor_kind(fd) & IS_FILE) && away_begin(self) ? self
                                                                                                                : NULL;
}

static void file_end(struct gv_greenlet *self) {
  if (self != NULL)
    away_end(self);
}

ssize_t hook_pread(int fd, void *memory, size_t size, off_t offset) {
  struct gv_greenlet *self = file_begin(fd);
  ssize_t result = pread(fd, memory, size, offset);
  file_end(self);
  return result;
}

ssize_t hook_pwrite(int fd, const void *memory, size_t size, off_t offset) {
  struct gv_greenlet *self = file_begin(fd);
  ssize_t result = pwrite(fd, memory, size, offset);
  file_end(self);
  return result;
}

int hook_fsync(int fd) {
  struct gv_greenlet *self = file_begin(fd);
  int result = fsync(fd);
  file_end(self);
  return result;
}

int hook_fdatasync(int fd) {
  struct gv_greenlet *self = file_begin(fd);
  int result = fdatasync(fd);
  file_end(self);
  return result;
}

/* To a socket, it can only block. */
ssize_t hook_sendfile(int out, int in, off_t *offset, size_t size) {
  struct gv_greenlet *self = hub_caller();
  uint32_t kind = self == NULL ? 0 : descriptor_kind(out);
  bool goes = kind != 0 && descriptor_waits(out, kind) && !descriptor_is_nonblocking(out) && away_begin(self);
  ssize_t result = sendfile(out, in, offset, size);
  if (goes)
    away_end(self);
  return result;
}
