/*
 * loop_libev.c: libev's room. The only file that includes ev.h.
 *
 * Never the default loop: it takes SIGCHLD and every child of the process.
 *
 * Descriptors that were closed while they were watched: libev asserts that there are none, and distributions build it
 * so. We look at those that it is about to name to the kernel, before each poll. What stays: one that another thread
 * closes between our look and libev's call; and with epoll, where a closed one is silently forgotten, the moment when
 * libev, confused by a descriptor that lives on in another process, tells the kernel everything anew. Out of memory it
 * aborts, too.
 */
#include "loop.h"

#include "gevent4j.h"
#include "queue.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)LOOP_READ == (int)EV_READ && (int)LOOP_WRITE == (int)EV_WRITE, "the same bits");

struct libev {
  struct loop base;
  struct ev_loop *ev;
  struct queue files;
};

struct descriptor {
  struct loop_descriptor base;
  ev_io io;
};

struct file {
  struct loop_file *file;
  struct queue link;
  int32_t place; /* of its news in fired[] */
  ev_stat stat;
};

static struct libev *libev_of(struct loop *loop) {
  return (struct libev *)loop; /* its head */
}

/* ---- ways ---- */

static const struct {
  const char *name;
  unsigned flag;
} ways[] = {
    {"epoll", EVBACKEND_EPOLL},       {"poll", EVBACKEND_POLL},       {"select", EVBACKEND_SELECT},
    {"linuxaio", EVBACKEND_LINUXAIO}, {"iouring", EVBACKEND_IOURING}, {"kqueue", EVBACKEND_KQUEUE},
    {"port", EVBACKEND_PORT},
};
enum { WAYS = sizeof ways / sizeof *ways };

/* Those that tell the kernel of a descriptor anew after each news of it. */
enum { ONE_SHOT = EVBACKEND_LINUXAIO | EVBACKEND_IOURING };

/* 0 for NULL, which is libev's choice, and for a name that doesn't exist. */
static unsigned flag_of(const char *way) {
  for (int i = 0; way != NULL && i < WAYS; i++)
    if (strcmp(way, ways[i].name) == 0)
      return ways[i].flag;
  return 0;
}

static const char *way(const struct loop *loop) {
  unsigned flag = ev_backend(((const struct libev *)loop)->ev);
  for (int i = 0; i < WAYS; i++)
    if (ways[i].flag == flag)
      return ways[i].name;
  return "unknown";
}

/* libev's own would abort the process. What failed is tried again by the next poll. */
static void ignore_system_error(const char *message) {
  (void)message;
}

static void libev_prepare(void) {
  ev_set_syserr_cb(ignore_system_error);
}

/* NULL where the system refuses, with errno if it gave one. */
static struct ev_loop *ev_open(unsigned flag) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, libev_prepare);
  errno = 0;
  struct ev_loop *ev = ev_loop_new(flag | EVFLAG_NOENV);
  if (ev == NULL || flag == 0 || ev_backend(ev) == flag)
    return ev;
  ev_loop_destroy(ev); /* it fell back to another way */
  errno = 0;
  return NULL;
}

/* libev 4.33 hands io_uring requests with fields left over from older ones. The kernel refuses them and what comes
 * after them, and libev aborts: a few descriptors that come and go suffice. */
static bool aborts(unsigned flag) {
  return flag == EVBACKEND_IOURING && (ev_version_major() < 4 || (ev_version_major() == 4 && ev_version_minor() <= 33));
}

static int supports(const char *way) {
  unsigned flag = flag_of(way);
  if (flag == 0)
    return way == NULL ? GV_OK : GV_EINVAL;
  if ((ev_supported_backends() & flag) == 0 || aborts(flag))
    return GV_EUNSUPPORTED;
  if ((flag & ONE_SHOT) == 0)
    return GV_OK;
  struct ev_loop *ev = ev_open(flag); /* libev knows what it was built with; the kernel may say no */
  if (ev == NULL)
    return GV_EUNSUPPORTED;
  ev_loop_destroy(ev);
  return GV_OK;
}

/* ---- open and close ---- */

static struct loop *open_loop(const char *way, int *status) {
  *status = supports(way);
  if (*status != GV_OK)
    return NULL;
  struct libev *loop = calloc(1, sizeof *loop);
  if (loop == NULL) {
    *status = GV_ENOMEM;
    return NULL;
  }
  loop->ev = ev_open(flag_of(way));
  if (loop->ev == NULL) {
    bool full = errno == EMFILE || errno == ENFILE || errno == ENOMEM; /* else the kernel doesn't have it */
    *status = full ? GV_ESYSTEM - errno : GV_EUNSUPPORTED;
    free(loop);
    return NULL;
  }
  loop->base.backend = &loop_libev;
  queue_init(&loop->files);
  ev_set_userdata(loop->ev, loop);
  return &loop->base;
}

static int file_descriptor(const struct loop *loop) {
  (void)loop;
  return -1;
}

/* ---- descriptors ---- */

static void on_io(struct ev_loop *ev, ev_io *io, int events) {
  struct libev *loop = ev_userdata(ev);
  struct descriptor *descriptor = queue_entry(io, struct descriptor, io);
  int fired = events & (LOOP_READ | LOOP_WRITE);
  if ((events & EV_ERROR) != 0) { /* libev has found it closed, and stopped */
    descriptor->base.events = 0;
    fired = LOOP_ERROR | LOOP_READ | LOOP_WRITE;
  } else if ((ev_backend(ev) & ONE_SHOT) != 0) {
    loop_suspect(&loop->base, &descriptor->base);
  }
  loop_fire(&loop->base, &descriptor->base.place, (struct fired){.fd = io->fd, .events = fired});
}

static int watch(struct loop *base, int fd, int events) {
  if (fd < 0 || (events & ~(LOOP_READ | LOOP_WRITE)) != 0)
    return GV_EINVAL;
  struct ev_loop *ev = libev_of(base)->ev;
  struct descriptor *descriptor = (struct descriptor *)loop_find(base, fd);
  int before = descriptor == NULL ? 0 : descriptor->base.events;
  if (events == before)
    return GV_OK;
  if (before == 0) {
    if (fcntl(fd, F_GETFD) < 0)
      return GV_ESYSTEM - errno;
    descriptor = (struct descriptor *)loop_make(base, fd, sizeof *descriptor);
    if (descriptor == NULL)
      return GV_ENOMEM;
    ev_io_init(&descriptor->io, on_io, fd, events); /* so that libev doesn't take it for the file that it was before */
  } else {
    ev_io_stop(ev, &descriptor->io);
    ev_io_modify(&descriptor->io, events);
  }
  descriptor->base.events = events;
  if (events != 0) {
    ev_io_start(ev, &descriptor->io);
    loop_suspect(base, &descriptor->base);
  }
  return GV_OK;
}

/* ---- files ---- */

/* libev leaves what was there before in the fields of a file that is gone. */
static struct stat stat_of(const ev_statdata *data) {
  return data->st_nlink == 0 ? (struct stat){0} : *data;
}

static void on_stat(struct ev_loop *ev, ev_stat *stat, int events) {
  (void)events;
  struct libev *loop = ev_userdata(ev);
  struct file *handle = queue_entry(stat, struct file, stat);
  handle->file->before = stat_of(&stat->prev);
  handle->file->now = stat_of(&stat->attr);
  struct fired news = {.fd = -1, .events = LOOP_READ, .file = handle->file};
  loop_fire(&loop->base, &handle->place, news);
}

/* libev looks by inotify where it can; else every `interval`, 5 s if that is 0, and 0.1 s at least. It tells times
 * apart by seconds: a second change within one that leaves the size alone isn't news. */
static int file_start(struct loop *base, struct loop_file *file) {
  struct libev *loop = libev_of(base);
  struct file *handle = calloc(1, sizeof *handle);
  if (handle == NULL || loop_reserve(base) != GV_OK) {
    free(handle);
    return GV_ENOMEM;
  }
  handle->file = file;
  queue_push_last(&loop->files, &handle->link);
  ev_now_update(loop->ev);
  ev_stat_init(&handle->stat, on_stat, file->path, (double)file->interval / 1e9);
  ev_stat_start(loop->ev, &handle->stat);
  file->now = file->before = stat_of(&handle->stat.attr);
  file->handle = handle;
  return GV_OK;
}

static void file_stop(struct loop *base, struct loop_file *file) {
  struct file *handle = file->handle;
  if (handle == NULL)
    return;
  ev_stat_stop(libev_of(base)->ev, &handle->stat);
  queue_remove(&handle->link);
  free(handle);
  loop_release(base);
  file->handle = NULL;
}

/* ---- poll ---- */

static void check(struct libev *loop, struct descriptor *descriptor) {
  int fd = descriptor->base.fd;
  if (descriptor->base.events == 0 || fcntl(fd, F_GETFD) >= 0)
    return;
  ev_io_stop(loop->ev, &descriptor->io);
  descriptor->base.events = 0;
  struct fired news = {.fd = fd, .events = LOOP_ERROR | LOOP_READ | LOOP_WRITE};
  loop_fire(&loop->base, &descriptor->base.place, news);
}

static void poll_loop(struct loop *base, bool block) {
  struct libev *loop = libev_of(base);
  base->fired_count = 0;
  struct loop_descriptor *suspect;
  while ((suspect = loop_take_suspect(base)) != NULL)
    check(loop, (struct descriptor *)suspect);
  if (ev_backend(loop->ev) == EVBACKEND_POLL) /* it tells the kernel of all of them each time */
    for (int32_t fd = 0; fd < base->descriptors_size; fd++)
      if (base->descriptors[fd] != NULL)
        check(loop, (struct descriptor *)base->descriptors[fd]);
  ev_run(loop->ev, block && base->fired_count == 0 ? EVRUN_ONCE : EVRUN_NOWAIT);
}

static void close_loop(struct loop *base) {
  struct libev *loop = libev_of(base);
  while (!queue_is_empty(&loop->files))
    file_stop(base, queue_entry(loop->files.next, struct file, link)->file);
  for (int32_t fd = 0; fd < base->descriptors_size; fd++)
    watch(base, fd, 0);
  ev_loop_destroy(loop->ev);
  loop_term(base);
  free(loop);
}

const struct loop_backend loop_libev = {
    .name = "libev",
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

const char *loop_libev_version(void) {
  /* Racing threads write the same bytes. */
  static char version[16];
  snprintf(version, sizeof version, "%d.%02d", ev_version_major(), ev_version_minor());
  return version;
}
