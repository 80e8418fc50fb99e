/*
 * loop_libuv.c: libuv's room. The only file that includes uv.h.
 *
 * One handle for each descriptor, made when it is first watched and kept until the loop is closed: a handle that is
 * closed lives on until a later turn, one that is stopped doesn't mind what becomes of its descriptor.
 *
 * Descriptors that were closed while they were watched: libuv aborts the process if the kernel refuses one. We ask the
 * kernel ourselves about those that changed, before each poll. What stays is one that another thread closes between our
 * question and libuv's. One that didn't change isn't found: the kernel has silently forgotten it.
 */
#include "loop.h"

#include "gevent4j.h"
#include "queue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#if defined(__linux__)
#include <sys/epoll.h>
#define WAY "epoll"
#else
#define WAY "kqueue"
#endif

_Static_assert((int)LOOP_READ == (int)UV_READABLE && (int)LOOP_WRITE == (int)UV_WRITABLE, "the same bits");

struct libuv {
  struct loop base;
  uv_loop_t uv;
};

struct descriptor {
  struct loop_descriptor base;
  bool made; /* the handle */
  uv_poll_t poll;
};

struct file {
  struct loop_file *file;
  int32_t place; /* of its news in fired[] */
  uv_timer_t timer;
};

/* The shortest time between two looks at a file, as gevent has it over libuv; also where none was asked for. */
enum { LOOK_MS = 107 };

static struct libuv *libuv_of(struct loop *loop) {
  return (struct libuv *)loop; /* its head */
}

/* libuv's errors are errno with a minus. */
static int status_of(int error) {
  return error == 0 ? GV_OK : error == UV_ENOMEM ? GV_ENOMEM : GV_ESYSTEM + error;
}

/* ---- open ---- */

/* There is one way for each system. libev knows the names of the others. */
static int supports(const char *way) {
  if (way == NULL || strcmp(way, WAY) == 0)
    return GV_OK;
  return loop_libev.supports(way) == GV_EINVAL ? GV_EINVAL : GV_EUNSUPPORTED;
}

static struct loop *open_loop(const char *way, int *status) {
  *status = supports(way);
  if (*status != GV_OK)
    return NULL;
  struct libuv *loop = calloc(1, sizeof *loop);
  *status = loop == NULL ? GV_ENOMEM : status_of(uv_loop_init(&loop->uv));
  if (*status != GV_OK) {
    free(loop);
    return NULL;
  }
  loop->base.backend = &loop_libuv;
  loop->uv.data = loop;
  return &loop->base;
}

static const char *way(const struct loop *loop) {
  (void)loop;
  return WAY;
}

static int file_descriptor(const struct loop *loop) {
  return uv_backend_fd(&((const struct libuv *)loop)->uv);
}

/* ---- descriptors ---- */

/* libuv doesn't tell a hang-up from data: where there is some left, as in a pipe, it is READ alone until that is read.
 */
static void on_poll(uv_poll_t *poll, int status, int events) {
  struct libuv *loop = poll->loop->data;
  struct descriptor *descriptor = queue_entry(poll, struct descriptor, poll);
  if (status < 0) {
    /* Not a bad descriptor, as libuv calls it, but one with an error, as after a connect that was refused: who reads or
     * writes will be told. libuv has stopped the handle. */
    uv_poll_start(poll, descriptor->base.events, on_poll);
    loop_suspect(&loop->base, &descriptor->base);
    events = descriptor->base.events;
  }
  struct fired news = {.fd = descriptor->base.fd, .events = events};
  loop_fire(&loop->base, &descriptor->base.place, news);
}

/* 0, or why the kernel would refuse a descriptor that libuv hasn't told it of yet. */
static int refusal(struct libuv *loop, int fd) {
#if defined(__linux__)
  /* A removal finds all that an addition would find: also a regular file. */
  struct epoll_event none = {0};
  bool fine = epoll_ctl(uv_backend_fd(&loop->uv), EPOLL_CTL_DEL, fd, &none) == 0 || errno == ENOENT;
#else
  (void)loop;
  bool fine = fcntl(fd, F_GETFD) >= 0;
#endif
  return fine ? 0 : errno;
}

/* Makes the handle. libuv makes the descriptor non-blocking, which is nobody's wish here and would reach every process
 * that has the file open: undone. */
static int handle_make(struct libuv *loop, struct descriptor *descriptor) {
  int fd = descriptor->base.fd;
  int flags = fcntl(fd, F_GETFL);
  int error = uv_poll_init(&loop->uv, &descriptor->poll, fd);
  if (flags >= 0 && (flags & O_NONBLOCK) == 0)
    fcntl(fd, F_SETFL, flags);
  descriptor->made = error == 0;
  return status_of(error);
}

static int watch(struct loop *base, int fd, int events) {
  if (fd < 0 || (events & ~(LOOP_READ | LOOP_WRITE)) != 0)
    return GV_EINVAL;
  struct libuv *loop = libuv_of(base);
  struct descriptor *descriptor = (struct descriptor *)loop_find(base, fd);
  int before = descriptor == NULL ? 0 : descriptor->base.events;
  if (events == before)
    return GV_OK;
  if (before == 0) {
    int error = refusal(loop, fd);
    if (error != 0)
      return GV_ESYSTEM - error;
    descriptor = (struct descriptor *)loop_make(base, fd, sizeof *descriptor);
    if (descriptor == NULL)
      return GV_ENOMEM;
    int status = descriptor->made ? GV_OK : handle_make(loop, descriptor);
    if (status != GV_OK)
      return status;
  }
  descriptor->base.events = events;
  uv_poll_start(&descriptor->poll, events, on_poll); /* of nothing: stops */
  if (events != 0)
    loop_suspect(base, &descriptor->base);
  return GV_OK;
}

/* ---- files ---- */

static bool same_time(struct timespec one, struct timespec other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static bool same(const struct stat *one, const struct stat *other) {
#if defined(__APPLE__)
  bool same_times = same_time(one->st_mtimespec, other->st_mtimespec) &&
                    same_time(one->st_ctimespec, other->st_ctimespec) &&
                    same_time(one->st_atimespec, other->st_atimespec);
#else
  bool same_times = same_time(one->st_mtim, other->st_mtim) && same_time(one->st_ctim, other->st_ctim) &&
                    same_time(one->st_atim, other->st_atim);
#endif
  return same_times && one->st_nlink == other->st_nlink && one->st_size == other->st_size &&
         one->st_mode == other->st_mode && one->st_ino == other->st_ino && one->st_dev == other->st_dev &&
         one->st_uid == other->st_uid && one->st_gid == other->st_gid;
}

static struct stat look(const char *path) {
  struct stat stat;
  if (lstat(path, &stat) < 0)
    return (struct stat){0};
  if (stat.st_nlink == 0)
    stat.st_nlink = 1; /* some file systems don't count */
  return stat;
}

static void on_timer(uv_timer_t *timer) {
  struct libuv *loop = timer->loop->data;
  struct file *handle = queue_entry(timer, struct file, timer);
  struct stat now = look(handle->file->path);
  if (same(&now, &handle->file->now))
    return;
  handle->file->before = handle->file->now;
  handle->file->now = now;
  struct fired news = {.fd = -1, .events = LOOP_READ, .file = handle->file};
  loop_fire(&loop->base, &handle->place, news);
}

/* Not libuv's own uv_fs_poll: that one takes its first look later and on another thread, and a change before it is
 * lost. libev, too, looks on the thread of the loop. */
static int file_start(struct loop *base, struct loop_file *file) {
  struct libuv *loop = libuv_of(base);
  struct file *handle = calloc(1, sizeof *handle);
  if (handle == NULL || loop_reserve(base) != GV_OK) {
    free(handle);
    return GV_ENOMEM;
  }
  handle->file = file;
  file->now = file->before = look(file->path);
  file->handle = handle;
  uint64_t interval = (uint64_t)file->interval / 1000000;
  if (interval < LOOK_MS)
    interval = LOOK_MS;
  uv_timer_init(&loop->uv, &handle->timer);
  uv_update_time(&loop->uv);
  uv_timer_start(&handle->timer, on_timer, interval, interval);
  return GV_OK;
}

static void on_timer_closed(uv_handle_t *timer) {
  free(queue_entry(timer, struct file, timer));
}

static void file_stop(struct loop *base, struct loop_file *file) {
  struct file *handle = file->handle;
  if (handle == NULL)
    return;
  uv_close((uv_handle_t *)&handle->timer, on_timer_closed); /* by a later poll, or by our own end */
  loop_release(base);
  file->handle = NULL;
}

/* ---- poll ---- */

static void poll_loop(struct loop *base, bool block) {
  struct libuv *loop = libuv_of(base);
  base->fired_count = 0;
  struct loop_descriptor *suspect;
  while ((suspect = loop_take_suspect(base)) != NULL) {
    if (suspect->events == 0 || refusal(loop, suspect->fd) == 0)
      continue;
    uv_poll_stop(&((struct descriptor *)suspect)->poll);
    suspect->events = 0;
    struct fired news = {.fd = suspect->fd, .events = LOOP_ERROR | LOOP_READ | LOOP_WRITE};
    loop_fire(base, &suspect->place, news);
  }
  uv_run(&loop->uv, block && base->fired_count == 0 ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

static void close_handle(uv_handle_t *handle, void *arg) {
  (void)arg;
  if (uv_is_closing(handle))
    return;
  if (handle->type == UV_TIMER)
    file_stop(handle->loop->data, queue_entry(handle, struct file, timer)->file);
  else
    uv_close(handle, NULL);
}

static void close_loop(struct loop *base) {
  struct libuv *loop = libuv_of(base);
  uv_walk(&loop->uv, close_handle, NULL);
  while (uv_loop_close(&loop->uv) == UV_EBUSY)
    uv_run(&loop->uv, UV_RUN_NOWAIT);
  loop_term(base);
  free(loop);
}

const struct loop_backend loop_libuv = {
    .name = "libuv",
    .supports = supports,
    .open = open_loop,
    .close = close_loop,
    .way = way,
    .fileno = file_descriptor,
    .watch = watch,
    .file_start = file_start,
    .file_stop = file_stop,
    .poll = poll_loop,
};

const char *loop_libuv_version(void) {
  return uv_version_string();
}
