/*
 * pollable.h: things made into descriptors, so that every loop library can wait for them: a call from another thread, a
 * moment, the end of a child.
 */
#ifndef GV_POLLABLE_H
#define GV_POLLABLE_H

#include <stdint.h>

/* Each returns a descriptor, closed on exec and never blocking, or GV_ESYSTEM - errno. */
int pollable_call(void);
int pollable_alarm(void);
int pollable_child(int32_t pid);

/* Makes pollable_call's descriptor readable; from any thread or signal handler: where it succeeds, it leaves errno. */
void pollable_call_now(int fd);

/* Sets the alarm to a time of CLOCK_MONOTONIC, in ns, in place of what was set before. */
void pollable_alarm_at(int fd, int64_t at);

/* Makes either no longer readable. */
void pollable_clear(int fd);

/* What has become of a child that has ended, whose parent, whoever that is, still has to reap it: as
 * gv_watcher_child_status. */
int32_t pollable_child_status(int fd);

#endif
