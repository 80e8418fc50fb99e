/*
 * pollable_kqueue.c: as pollable_linux.c where there is kqueue, whose descriptors are themselves pollable.
 */
#include "pollable.h"

#include "clock.h"
#include "gevent4j.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int add(int queue, uintptr_t ident, int16_t filter, uint16_t flags, uint32_t fflags, intptr_t data) {
  struct kevent change;
  EV_SET(&change, ident, filter, flags, fflags, data, NULL);
  return kevent(queue, &change, 1, NULL, 0, NULL);
}

static int open_queue(void) {
  int queue = kqueue();
  if (queue < 0)
    return GV_ESYSTEM - errno;
  fcntl(queue, F_SETFD, FD_CLOEXEC);
  return queue;
}

int pollable_call(void) {
  int queue = open_queue();
  if (queue >= 0)
    add(queue, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0);
  return queue;
}

int pollable_alarm(void) {
  return open_queue();
}

int pollable_child(int32_t pid) {
  int queue = open_queue();
  if (queue >= 0 && add(queue, (uintptr_t)pid, EVFILT_PROC, EV_ADD, NOTE_EXIT | NOTE_EXITSTATUS, 0) != 0) {
    int error = errno;
    close(queue);
    return GV_ESYSTEM - error;
  }
  return queue;
}

void pollable_call_now(int fd) {
  add(fd, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0);
}

void pollable_alarm_at(int fd, int64_t at) {
  int64_t left = at - clock_now();
  add(fd, 0, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_NSECONDS, left < 1 ? 1 : (intptr_t)left);
}

void pollable_clear(int fd) {
  struct kevent event;
  kevent(fd, NULL, 0, &event, 1, &(struct timespec){0});
}

int32_t pollable_child_status(int fd) {
  struct kevent event;
  if (kevent(fd, NULL, 0, &event, 1, &(struct timespec){0}) != 1)
    return GV_STATUS_UNKNOWN;
  int status = (int)event.data;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1 - WTERMSIG(status);
}
