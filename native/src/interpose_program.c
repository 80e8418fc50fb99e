/*
 * interpose_program.c: what native libraries of the program itself wait by, besides descriptors: locks, conditions,
 * semaphores, threads, time. Who holds a lock may be a greenlet that waits in the same hub. So a greenlet waits for all
 * that on its own kernel thread, as threads do, and comes back with it.
 */
#define _GNU_SOURCE
#include "interpose_io.h"

#include <errno.h>
#include <semaphore.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

/* ---- what may be free: that is tried first ---- */

static int mutex_lock(pthread_mutex_t *mutex) {
  int result = hub_caller() == NULL ? EBUSY : pthread_mutex_trylock(mutex);
  if (result != EBUSY)
    return result;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  result = pthread_mutex_lock(mutex);
  away_back(self);
  return result;
}

static int read_lock(pthread_rwlock_t *lock) {
  int result = hub_caller() == NULL ? EBUSY : pthread_rwlock_tryrdlock(lock);
  if (result != EBUSY)
    return result;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  result = pthread_rwlock_rdlock(lock);
  away_back(self);
  return result;
}

static int write_lock(pthread_rwlock_t *lock) {
  int result = hub_caller() == NULL ? EBUSY : pthread_rwlock_trywrlock(lock);
  if (result != EBUSY)
    return result;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  result = pthread_rwlock_wrlock(lock);
  away_back(self);
  return result;
}

static int semaphore_wait(sem_t *semaphore) {
  if (hub_caller() != NULL && sem_trywait(semaphore) == 0)
    return 0;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  int result = sem_wait(semaphore);
  away_back(self);
  return result;
}

static int semaphore_wait_until(sem_t *semaphore, const struct timespec *time) {
  if (hub_caller() != NULL && sem_trywait(semaphore) == 0)
    return 0;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  int result = sem_timedwait(semaphore, time);
  away_back(self);
  return result;
}

/* ---- the same until a time, by CLOCK_REALTIME or by a clock that is named, as C++ does ---- */

/* Other C libraries lack these, and who has a slot for one has found it. */
#pragma weak pthread_mutex_clocklock
#pragma weak pthread_cond_clockwait
int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time);
int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time);

static int mutex_lock_until(pthread_mutex_t *mutex, const struct timespec *time) {
  int result = hub_caller() == NULL ? EBUSY : pthread_mutex_trylock(mutex);
  if (result != EBUSY)
    return result;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  result = pthread_mutex_timedlock(mutex, time);
  away_back(self);
  return result;
}

static int mutex_lock_by(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
  int result = hub_caller() == NULL ? EBUSY : pthread_mutex_trylock(mutex);
  if (result != EBUSY)
    return result;
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  result = pthread_mutex_clocklock(mutex, clock, time);
  away_back(self);
  return result;
}

/* ---- what isn't there yet ---- */

static int wait_for(pthread_cond_t *cond, pthread_mutex_t *mutex) {
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  int result = pthread_cond_wait(cond, mutex);
  away_back(self);
  return result;
}

static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *time) {
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  int result = pthread_cond_timedwait(cond, mutex, time);
  away_back(self);
  return result;
}

static int wait_by(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  int result = pthread_cond_clockwait(cond, mutex, clock, time);
  away_back(self);
  return result;
}

static int join(pthread_t thread, void **value) {
  struct gv_greenlet *self = away_if(GV_PATCH_THREAD);
  int result = pthread_join(thread, value);
  away_back(self);
  return result;
}

/* ---- time ---- */

static int sleep_for(const struct timespec *time, struct timespec *left) {
  struct gv_greenlet *self = away_if(GV_PATCH_TIME);
  int result = nanosleep(time, left);
  away_back(self);
  return result;
}

static int sleep_by(clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
  struct gv_greenlet *self = away_if(GV_PATCH_TIME);
  int result = clock_nanosleep(clock, flags, time, left);
  away_back(self);
  return result;
}

static int sleep_microseconds(useconds_t time) {
  struct gv_greenlet *self = away_if(GV_PATCH_TIME);
  int result = usleep(time);
  away_back(self);
  return result;
}

static unsigned sleep_seconds(unsigned time) {
  struct gv_greenlet *self = away_if(GV_PATCH_TIME);
  unsigned result = sleep(time);
  away_back(self);
  return result;
}

/* ---- ways to wait for descriptors that the loop has no word for ---- */

static bool is_zero(const struct timespec *time) {
  return time != NULL && time->tv_sec == 0 && time->tv_nsec == 0;
}

static int select_from(int count, fd_set *reads, fd_set *writes, fd_set *others, struct timeval *time) {
  bool waits = time == NULL || time->tv_sec != 0 || time->tv_usec != 0;
  struct gv_greenlet *self = waits ? away_if(GV_PATCH_SELECT) : NULL;
  int result = select(count, reads, writes, others, time);
  away_back(self);
  return result;
}

static int select_until(int count, fd_set *reads, fd_set *writes, fd_set *others, const struct timespec *time,
                        const sigset_t *signals) {
  struct gv_greenlet *self = is_zero(time) ? NULL : away_if(GV_PATCH_SELECT);
  int result = pselect(count, reads, writes, others, time, signals);
  away_back(self);
  return result;
}

static int poll_until(struct pollfd *fds, nfds_t count, const struct timespec *time, const sigset_t *signals) {
  struct gv_greenlet *self = is_zero(time) ? NULL : away_if(GV_PATCH_SELECT);
  int result = ppoll(fds, count, time, signals);
  away_back(self);
  return result;
}

const struct hook interpose_program_hooks[] = {
    {"pthread_mutex_lock", (void *)mutex_lock, GV_PATCH_THREAD},
    {"pthread_mutex_timedlock", (void *)mutex_lock_until, GV_PATCH_THREAD},
    {"pthread_mutex_clocklock", (void *)mutex_lock_by, GV_PATCH_THREAD},
    {"pthread_rwlock_rdlock", (void *)read_lock, GV_PATCH_THREAD},
    {"pthread_rwlock_wrlock", (void *)write_lock, GV_PATCH_THREAD},
    {"sem_wait", (void *)semaphore_wait, GV_PATCH_THREAD},
    {"sem_timedwait", (void *)semaphore_wait_until, GV_PATCH_THREAD},
    {"pthread_cond_wait", (void *)wait_for, GV_PATCH_THREAD},
    {"pthread_cond_timedwait", (void *)wait_until, GV_PATCH_THREAD},
    {"pthread_cond_clockwait", (void *)wait_by, GV_PATCH_THREAD},
    {"pthread_join", (void *)join, GV_PATCH_THREAD},
    {"nanosleep", (void *)sleep_for, GV_PATCH_TIME},
    {"clock_nanosleep", (void *)sleep_by, GV_PATCH_TIME},
    {"usleep", (void *)sleep_microseconds, GV_PATCH_TIME},
    {"sleep", (void *)sleep_seconds, GV_PATCH_TIME},
    {"select", (void *)select_from, GV_PATCH_SELECT},
    {"pselect", (void *)select_until, GV_PATCH_SELECT},
    {"ppoll", (void *)poll_until, GV_PATCH_SELECT},
    {0},
};
