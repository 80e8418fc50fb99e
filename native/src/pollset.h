/*
 * pollset.h: many descriptors asked at once: poll(2), and a set that is itself a descriptor.
 */
#ifndef GV_POLLSET_H
#define GV_POLLSET_H

#include "gevent4j.h"

struct gv_pollset {
  int fd;                            /* of the set */
  int call;                          /* in the set: makes it readable; from pollable_call */
  int32_t news[2 * GV_POLLSET_NEWS]; /* of the last poll: descriptor and events; descriptor -1: it was woken */
};

/* As gv_poll. */
int poll_all(int32_t *list, int count, int64_t ns);

struct gv_pollset *pollset_new(int32_t *status);
void pollset_free(struct gv_pollset *set);
int pollset_watch(struct gv_pollset *set, int fd, int before, int events);
int pollset_poll(struct gv_pollset *set, int64_t ns);
void pollset_wake(struct gv_pollset *set);

/* ---- what the system does: pollset_linux.c, pollset_kqueue.c ---- */

/* A set, closed on exec, or GV_ESYSTEM - errno. */
int pollset_open(void);

/* Without GV_ESYSTEM - errno, all is as asked. */
int pollset_change(int set, int fd, int before, int events);

/* Waits, for ms (negative: as long as it takes), and fills in news. Returns how many, or GV_ESYSTEM - errno. */
int pollset_wait(int set, int32_t *news, int ms);

#endif
