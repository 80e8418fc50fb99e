/*
 * loops.h: what the tests of the loop backends share. Each promise is kept by both libraries, in each of their ways.
 */
#ifndef GV_LOOPS_H
#define GV_LOOPS_H

#include "loop.h"
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

static const struct {
  const struct loop_backend *backend;
  const char *way;
} kinds[] = {
    {&loop_libev, NULL},     {&loop_libev, "epoll"},    {&loop_libev, "poll"},    {&loop_libev, "select"},
    {&loop_libev, "kqueue"}, {&loop_libev, "linuxaio"}, {&loop_libev, "iouring"}, {&loop_libuv, NULL},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Under test, with a connected pair of sockets; made anew for each promise. */
static const struct loop_backend *backend;
static const char *way;
static struct loop *loop;
static int pair[2];

static inline bool choose(int kind) {
  backend = kinds[kind].backend;
  way = kinds[kind].way;
  int supported = backend->supports(way);
  fprintf(stderr, "%s, %s%s\n", backend->name, way == NULL ? "its choice" : way,
          supported == GV_OK ? "" : ": not there");
  if (supported != GV_OK)
    check_equal(supported, GV_EUNSUPPORTED);
  return supported == GV_OK;
}

static inline int setup(void **state) {
  (void)state;
  int status;
  loop = backend->open(way, &status);
  check_equal(status, GV_OK);
  check(loop != NULL && loop->backend == backend);
  check_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  return 0;
}

static inline int teardown(void **state) {
  (void)state;
  backend->close(loop);
  close(pair[0]);
  close(pair[1]);
  return 0;
}

static inline int watch(int fd, int events) {
  return backend->watch(loop, fd, events);
}

/* What the last poll said of a descriptor, or of a file. */
static inline int fired(int fd, const struct loop_file *file) {
  int events = 0, count = 0;
  for (int32_t i = 0; i < loop->fired_count; i++)
    if (loop->fired[i].fd == fd && loop->fired[i].file == file) {
      events = loop->fired[i].events;
      count++;
    }
  check(count <= 1);
  return events;
}

/* Polls until there is news of a descriptor. */
static inline int await(int fd) {
  do
    backend->poll(loop, true);
  while (fired(fd, NULL) == 0);
  return fired(fd, NULL);
}

/* Polls a few times, as some ways tell only at the second, and returns all that was said of a descriptor. */
static inline int peek(int fd) {
  int events = 0;
  for (int i = 0; i < 4; i++) {
    backend->poll(loop, false);
    events |= fired(fd, NULL);
  }
  return events;
}

static inline void say(int fd) {
  check_equal(write(fd, "!", 1), 1);
}

static inline void hear(int fd) {
  char byte;
  check_equal(read(fd, &byte, 1), 1);
}

static inline bool is_libuv(void) {
  return backend == &loop_libuv;
}

static inline bool is_way(const char *name) {
  return strcmp(backend->way(loop), name) == 0;
}

#define promise(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

/* Runs the promises for each kind of loop that is there. Returns how many were broken. */
#define run_for_each_kind(tests)                                                                                       \
  ({                                                                                                                   \
    int failed = 0;                                                                                                    \
    for (int i = 0; i < KINDS; i++)                                                                                    \
      if (choose(i))                                                                                                   \
        failed += run_guarded(tests);                                                                                  \
    failed;                                                                                                            \
  })

#endif
