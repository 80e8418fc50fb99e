/*
 * api.c: the exported functions. Each one delegates; none has an idea of its own.
 */
#include "gevent4j.h"
#include "greenlet.h"
#include "hub.h"
#include "jvm.h"
#include "lend.h"
#include "loop.h"
#include "pin.h"
#include "pollset.h"
#include "pool.h"
#include "signals.h"
#include "status.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

const char *gv_version(void) {
  return GV_VERSION;
}

static pthread_once_t loops_once = PTHREAD_ONCE_INIT;
static char loops[64];

static void describe_loops(void) {
  snprintf(loops, sizeof loops, "libev %s, libuv %s", loop_libev_version(), loop_libuv_version());
}

const char *gv_loop_libraries(void) {
  pthread_once(&loops_once, describe_loops);
  return loops;
}

const char *gv_switch_backend(void) {
  return lend_backend();
}

const char *gv_switch_refusal(void) {
  return lend_refusal();
}

gv_family *gv_family_new(void) {
  return family_new();
}

gv_greenlet *gv_family_main(gv_family *family) {
  return &family->main;
}

gv_greenlet *gv_lender_new(int32_t slot) {
  return slot < 0 || slot >= GV_POOL_LOW ? NULL : greenlet_new(slot);
}

int gv_lend(gv_greenlet *self) {
  return greenlet_lend(self);
}

void gv_lender_free(gv_greenlet *self) {
  greenlet_free(self);
}

int gv_lend_spare(gv_greenlet *self) {
  return greenlet_lend_spare(self);
}

int gv_pool_bounds(int32_t least, int32_t most) {
  return pool_bounds(least, most);
}

int gv_pool_wanted(void) {
  return pool_wanted();
}

int gv_pool_trim(void) {
  return pool_trim();
}

int gv_pool_take(gv_family *family) {
  bool low;
  gv_greenlet *greenlet = greenlet_take(family, &low);
  return greenlet == NULL ? GV_EEMPTY : greenlet->lender.slot | (low ? GV_POOL_LOW : 0);
}

void gv_family_adopt(gv_family *family, gv_greenlet *lender) {
  greenlet_adopt(family, lender);
}

int gv_switch(gv_greenlet *from, gv_greenlet *to) {
  return greenlet_switch(from, to);
}

int gv_finish(gv_greenlet *from, gv_greenlet *to) {
  return greenlet_finish(from, to);
}

void gv_exit_prepare(void) {
  greenlet_exit_prepare();
}

int gv_vm_prepare(void *env, void *type, void *thread) {
  (void)type, (void)thread;
  return jvm_prepare(env);
}

void gv_vm_forget_locals(void *env, void *type, void *thread) {
  (void)type;
  jvm_forget_locals(env, thread);
}

void *gv_vm_buffer(void *env, void *type, void *buffer) {
  (void)type;
  return jvm_buffer(env, buffer);
}

int gv_vm_channel_fd(void *env, void *type, void *channel) {
  (void)type;
  return jvm_channel_fd(env, channel);
}

void gv_vm_channel_kill(void *env, void *type, void *channel) {
  (void)type;
  jvm_channel_kill(env, channel);
}

int gv_vm_selector_provider(void *env, void *type, void *list) {
  (void)type;
  return jvm_selector_provider(env, list);
}

/* ---- many descriptors at once ---- */

int gv_poll(int32_t *list, int count, int64_t ns) {
  return count < 0 ? GV_EINVAL : poll_all(list, count, ns);
}

gv_pollset *gv_pollset_new(int32_t *status) {
  return pollset_new(status);
}

void gv_pollset_free(gv_pollset *set) {
  pollset_free(set);
}

int gv_pollset_fileno(const gv_pollset *set) {
  return set->fd;
}

int gv_pollset_watch(gv_pollset *set, int fd, int before, int events) {
  return pollset_watch(set, fd, before, events);
}

int gv_pollset_poll(gv_pollset *set, int64_t ns) {
  return pollset_poll(set, ns);
}

int32_t *gv_pollset_news(gv_pollset *set) {
  return set->news;
}

void gv_pollset_wake(gv_pollset *set) {
  pollset_wake(set);
}

/* ---- hubs ---- */

/* NULL where there is no such loop. */
static const struct loop_backend *loop_named(const char *name) {
  if (name != NULL && strcmp(name, loop_libev.name) == 0)
    return &loop_libev;
  if (name != NULL && strcmp(name, loop_libuv.name) == 0)
    return &loop_libuv;
  return NULL;
}

int gv_loop_supports(const char *loop, const char *way) {
  const struct loop_backend *backend = loop_named(loop);
  return backend == NULL ? GV_EINVAL : backend->supports(way);
}

gv_hub *gv_hub_new(const char *loop, const char *way, int32_t *status) {
  *status = gv_loop_supports(loop, way);
  return *status == GV_OK ? hub_new(loop_named(loop), way, status) : NULL;
}

void gv_hub_free(gv_hub *hub) {
  hub_free(hub);
}

const char *gv_hub_way(const gv_hub *hub) {
  return hub->watchers.loop->backend->way(hub->watchers.loop);
}

int gv_hub_fileno(const gv_hub *hub) {
  return hub->watchers.loop->backend->fileno(hub->watchers.loop);
}

int gv_hub_attach(gv_hub *hub, gv_greenlet *runner) {
  return greenlet_is_self(runner) && hub->runner == NULL ? hub_attach(hub, runner) : GV_ETHREAD;
}

void gv_hub_detach(gv_hub *hub) {
  hub_detach(hub);
}

int gv_hub_run(gv_hub *hub, int mode) {
  return hub_run(hub, mode);
}

int32_t *gv_hub_batch(gv_hub *hub) {
  return hub->batch;
}

int gv_hub_callbacks(gv_hub *hub, int count) {
  return !hub_is_here(hub) ? GV_ETHREAD : count < 1 ? (count == 0 ? GV_OK : GV_EINVAL) : hub_callbacks(hub, count);
}

void gv_hub_wake(gv_hub *hub) {
  hub_wake(hub);
}

int64_t gv_hub_now(const gv_hub *hub) {
  return hub->watchers.now;
}

int64_t gv_hub_update_now(gv_hub *hub) {
  return watchers_update_now(&hub->watchers);
}

int64_t gv_hub_iteration(const gv_hub *hub) {
  return hub->watchers.iteration;
}

int gv_hub_active_count(const gv_hub *hub) {
  return hub->watchers.active;
}

int gv_hub_pending_count(gv_hub *hub) {
  return hub_is_here(hub) ? hub_pending_count(hub) : GV_ETHREAD;
}

int gv_hub_ref(gv_hub *hub, int by) {
  return hub_is_here(hub) ? hub->watchers.refs += by : GV_ETHREAD;
}

int gv_hub_set_interval(gv_hub *hub, int64_t ns) {
  if (ns < 0)
    return GV_EINVAL;
  hub->interval = ns;
  return GV_OK;
}

/* ---- greenlets in a hub ---- */

int gv_fence_all(void) {
  return swap_fence_all() ? GV_OK : GV_EINVAL;
}

int gv_hub_wait(gv_hub *hub, gv_greenlet *self) {
  return hub_wait(hub, self);
}

int gv_hub_yield(gv_hub *hub, gv_greenlet *self) {
  return hub_yield(hub, self);
}

int gv_hub_sleep(gv_hub *hub, gv_greenlet *self, int64_t ns, int ref) {
  return hub_sleep(hub, self, ns, ref != 0);
}

int gv_hub_wait_for(gv_hub *hub, gv_greenlet *self, gv_watcher *watcher) {
  return hub_of(watcher) == hub ? hub_wait_for(hub, self, watcher, -1) : GV_EINVAL;
}

int gv_hub_ready(gv_hub *hub, gv_greenlet *greenlet) {
  return hub_ready(hub, greenlet);
}

int gv_hub_ready_next(gv_hub *hub, gv_greenlet *greenlet) {
  return hub_ready_next(hub, greenlet);
}

int64_t *gv_hub_post(gv_hub *hub) {
  return &hub->post;
}

int gv_hub_has_runner(const gv_hub *hub) {
  return hub->runner != NULL;
}

int32_t gv_hub_waiting(const gv_hub *hub) {
  gv_greenlet *waiting = hub_is_here(hub) ? greenlet_waiting(hub->family) : NULL;
  return waiting == NULL ? GV_EEMPTY : waiting->lender.slot;
}

int gv_hub_waits(const gv_greenlet *greenlet) {
  return greenlet->waits;
}

int gv_hub_leave(gv_hub *hub, gv_greenlet *self) {
  return hub_leave(hub, self);
}

int gv_hub_return(gv_hub *hub, gv_greenlet *self) {
  return hub_return(hub, self);
}

int gv_hub_guests(const gv_hub *hub) {
  return hub->guests;
}

/* ---- watchers ---- */

static bool is_here(const gv_watcher *watcher) {
  return hub_is_here(hub_of(watcher));
}

gv_watcher *gv_watcher_new(gv_hub *hub, int kind, int32_t number) {
  return kind < 0 || kind >= KINDS || !hub_is_here(hub) ? NULL
                                                        : watcher_new(&hub->watchers, (enum gv_kind)kind, number);
}

void gv_watcher_free(gv_watcher *watcher) {
  watcher_free(watcher);
}

int gv_watcher_set_io(gv_watcher *watcher, int fd, int events) {
  return is_here(watcher) ? watcher_set_io(watcher, fd, events) : GV_ETHREAD;
}

int gv_watcher_set_timer(gv_watcher *watcher, int64_t after_ns, int64_t repeat_ns) {
  return is_here(watcher) ? watcher_set_timer(watcher, after_ns, repeat_ns) : GV_ETHREAD;
}

int gv_watcher_set_signal(gv_watcher *watcher, int number) {
  return is_here(watcher) ? watcher_set_signal(watcher, number) : GV_ETHREAD;
}

int gv_watcher_set_child(gv_watcher *watcher, int32_t pid) {
  return is_here(watcher) ? watcher_set_child(watcher, pid) : GV_ETHREAD;
}

int gv_watcher_set_stat(gv_watcher *watcher, const char *path, int64_t interval_ns) {
  return is_here(watcher) ? watcher_set_stat(watcher, path, interval_ns) : GV_ETHREAD;
}

int gv_watcher_set_priority(gv_watcher *watcher, int priority) {
  return is_here(watcher) ? watcher_set_priority(watcher, priority) : GV_ETHREAD;
}

int gv_watcher_set_ref(gv_watcher *watcher, int ref) {
  if (!is_here(watcher))
    return GV_ETHREAD;
  watcher_set_ref(watcher, ref != 0);
  return GV_OK;
}

int gv_watcher_start(gv_watcher *watcher) {
  return is_here(watcher) ? watcher_start(watcher) : GV_ETHREAD;
}

int gv_watcher_stop(gv_watcher *watcher) {
  if (!is_here(watcher))
    return GV_ETHREAD;
  watcher_stop(watcher);
  return GV_OK;
}

int gv_watcher_again(gv_watcher *watcher) {
  return is_here(watcher) ? watcher_again(watcher) : GV_ETHREAD;
}

void gv_watcher_send(gv_watcher *watcher) {
  watcher_send(watcher);
}

int gv_watcher_feed(gv_watcher *watcher, int events) {
  return is_here(watcher) ? watcher_feed(watcher, events) : GV_ETHREAD;
}

int gv_watcher_is_active(const gv_watcher *watcher) {
  return watcher->active;
}

int gv_watcher_is_pending(const gv_watcher *watcher) {
  return entry_is_ready(&watcher->entry);
}

int64_t gv_watcher_at(const gv_watcher *watcher) {
  return watcher->kind == GV_TIMER ? watcher->timer.timer.at : 0;
}

int32_t gv_watcher_child_status(const gv_watcher *watcher) {
  return watcher->kind == GV_CHILD ? watcher->io.status : GV_STATUS_UNKNOWN;
}

static int64_t in_ns(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t gv_watcher_stat(const gv_watcher *watcher, int before, int field) {
  if (watcher->kind != GV_STAT)
    return 0;
  const struct stat *stat = before ? &watcher->file->file.before : &watcher->file->file.now;
  switch (field) {
  case GV_STAT_LINKS:
    return (int64_t)stat->st_nlink;
  case GV_STAT_SIZE:
    return stat->st_size;
  case GV_STAT_MODE:
    return stat->st_mode;
  case GV_STAT_INODE:
    return (int64_t)stat->st_ino;
  case GV_STAT_DEVICE:
    return (int64_t)stat->st_dev;
  case GV_STAT_USER:
    return stat->st_uid;
  case GV_STAT_GROUP:
    return stat->st_gid;
  case GV_STAT_ACCESSED:
    return in_ns(stat->st_atim);
  case GV_STAT_MODIFIED:
    return in_ns(stat->st_mtim);
  case GV_STAT_CHANGED:
    return in_ns(stat->st_ctim);
  default:
    return 0;
  }
}

int gv_signal_number(const char *name) {
  return name == NULL ? GV_EINVAL : signals_number(name);
}

int gv_signal_check(int number) {
  return signals_check(number);
}

int gv_thread_pin(const int32_t *cpus, int count) {
  return pin_thread(cpus, count);
}

int gv_errno(const char *name) {
  return status_errno(name);
}

const char *gv_status_text(int status) {
  return status_text(status);
}
