#define _GNU_SOURCE
#include "pollable.h"

#include "gevent4j.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The C library has had these only since 2020. */
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int checked(long fd) {
  return fd < 0 ? GV_ESYSTEM - errno : (int)fd;
}

int pollable_call(void) {
  return checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

int pollable_alarm(void) {
  return checked(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
}

int pollable_child(int32_t pid) {
  return checked(syscall(SYS_pidfd_open, pid, 0)); /* closed on exec by itself */
}

void pollable_call_now(int fd) {
  uint64_t one = 1;
  syscall(SYS_write, fd, &one, sizeof one); /* unlike write, no point of cancellation, which has thread-local state */
}

void pollable_alarm_at(int fd, int64_t at) {
  if (at < 1)
    at = 1; /* 0 would disarm it */
  struct itimerspec spec = {.it_value = {.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000}};
  timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

void pollable_clear(int fd) {
  uint64_t count;
  ssize_t got = read(fd, &count, sizeof count);
  (void)got; /* nothing, if it was not readable */
}

int32_t pollable_child_status(int fd) {
  siginfo_t info = {.si_pid = 0};
  if (waitid((idtype_t)P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
    return GV_STATUS_UNKNOWN;
  return info.si_code == CLD_EXITED ? info.si_status : -1 - info.si_status;
}
