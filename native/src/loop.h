/*
 * loop.h: what a loop library has to do for us, and no more: watch descriptors and files, and sleep until one of them
 * has news. Timers, callbacks, signals and children are ours (timer.h, hub.h, signals.h), alike over both libraries.
 *
 * A backend fills fired[] and calls nobody. All functions but the versions: the thread of the loop.
 */
#ifndef GV_LOOP_H
#define GV_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_ERROR = 4 }; /* LOOP_ERROR is only ever fired, never asked for */

/* A path that is watched, a symbolic link for itself. Its owner keeps it in place until file_stop has returned. */
struct loop_file {
  const char *path;
  int64_t interval;   /* ns between two looks where the library has to look; 0: its own choice */
  struct stat now;    /* st_nlink is 0 where there is no such file */
  struct stat before; /* the last change */
  void *handle;       /* the backend's; NULL while not watched */
};

/* News of a descriptor, or of a file (then fd is -1 and events LOOP_READ). One for each of them in a poll. */
struct fired {
  int32_t fd;
  int32_t events;
  struct loop_file *file;
};

struct loop {
  const struct loop_backend *backend;
  struct fired *fired; /* by the last poll, in the library's order; moves when something more is watched */
  int32_t fired_count;
  int32_t fired_capacity;

  /* the backend's */
  int32_t reserved; /* of fired_capacity */
  int32_t descriptors_size;
  struct loop_descriptor **descriptors; /* by number */
  struct loop_descriptor *suspects;
};

struct loop_backend {
  const char *name;

  /* Whether `way` ("epoll", "poll"...; NULL: the library's choice) is there: GV_OK, GV_EINVAL, GV_EUNSUPPORTED. */
  int (*supports)(const char *way);

  /* NULL with *status. */
  struct loop *(*open)(const char *way, int *status);

  /* Stops whatever is watched, and frees the loop. */
  void (*close)(struct loop *loop);

  /* The way in use: "epoll". */
  const char *(*way)(const struct loop *loop);

  /* The descriptor that is readable when there is news, or -1: libev doesn't tell. */
  int (*fileno)(const struct loop *loop);

  /* Asks for LOOP_READ | LOOP_WRITE of a descriptor in place of what was asked before; 0: for nothing, which must be
   * before it is closed. GV_EINVAL; GV_ENOMEM; GV_ESYSTEM - errno: it isn't open, or (libuv) it is a regular file. */
  int (*watch)(struct loop *loop, int fd, int events);

  /* GV_OK, GV_ENOMEM. */
  int (*file_start)(struct loop *loop, struct loop_file *file);
  void (*file_stop)(struct loop *loop, struct loop_file *file);

  /* Fills fired[]; if `block`, sleeps until it isn't empty, or for a while. What hangs up is fired with all that was
   * asked for. A descriptor that is found closed is fired with LOOP_ERROR | LOOP_READ | LOOP_WRITE and no longer
   * watched. Never fails. */
  void (*poll)(struct loop *loop, bool block);
};

extern const struct loop_backend loop_libev;
extern const struct loop_backend loop_libuv;

/* ---- for backends ---- */

/* A descriptor that is or was watched; the head of the backend's own struct. It stays until the loop is closed. */
struct loop_descriptor {
  int32_t fd;
  int32_t events;               /* asked for now */
  int32_t place;                /* of its news in fired[] */
  bool suspect;                 /* it is in the list of suspects */
  struct loop_descriptor *next; /* suspect */
};

/* The struct of a descriptor, or NULL if it was never watched. */
struct loop_descriptor *loop_find(const struct loop *loop, int fd);

/* The same, made with `size` bytes, the rest of which are 0, if need be. NULL out of memory. */
struct loop_descriptor *loop_make(struct loop *loop, int fd, size_t size);

/* Suspects: descriptors of which the library is about to tell the kernel, and which it takes for open. */
void loop_suspect(struct loop *loop, struct loop_descriptor *descriptor);
struct loop_descriptor *loop_take_suspect(struct loop *loop);

/* Room in fired[] for one thing more that may have news, or for one less: GV_OK, GV_ENOMEM. */
int loop_reserve(struct loop *loop);
void loop_release(struct loop *loop);

/* Adds to fired[], in the room that was reserved; a second time in a poll, to the entry at *place. */
void loop_fire(struct loop *loop, int32_t *place, struct fired news);

/* Frees what the functions above have made. */
void loop_term(struct loop *loop);

/* "4.33": the library that is loaded, not the headers that we were compiled with. Any thread. */
const char *loop_libev_version(void);
const char *loop_libuv_version(void);

#endif
