#include "watcher_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- having news ---- */

void watcher_fire_entry(struct watchers *watchers, struct entry *entry, int priority) {
  if (entry_is_ready(entry))
    return; /* or its greenlet would have two turns, the second one for nothing */
  queue_push_last(&watchers->fired[priority - GV_PRIORITY_MIN], &entry->link);
  watchers->quiet = false;
}

void watcher_fire(struct gv_watcher *watcher, int events) {
  struct entry *entry = watcher->waiter != NULL ? watcher->waiter : &watcher->entry;
  watcher->events |= events;
  watcher_fire_entry(watcher->home, entry, watcher->priority);
}

/* ---- active and stopped ---- */

void watcher_activate(struct gv_watcher *watcher) {
  watcher->active = true;
  watcher->home->active++;
  watcher->home->refs += watcher->ref;
}

void watcher_deactivate(struct gv_watcher *watcher) {
  watcher->active = false;
  watcher->home->active--;
  watcher->home->refs -= watcher->ref;
}

void watcher_set_ref(struct gv_watcher *watcher, bool ref) {
  if (watcher->active)
    watcher->home->refs += ref - watcher->ref;
  watcher->ref = ref;
}

/* ---- making and setting ---- */

static void wake_for_signal(void *watchers) {
  wake_tell(&((struct watchers *)watchers)->wake, WAKE_SIGNAL);
}

static void init(struct gv_watcher *watcher, struct watchers *watchers, enum gv_kind kind) {
  entry_init(&watcher->entry, ENTRY_WATCHER);
  queue_init(&watcher->peers);
  queue_push_last(&watchers->all, &watcher->all);
  watcher->home = watchers;
  watcher->kind = kind;
  watcher->ref = true;
  if (kind == GV_TIMER)
    timer_init(&watcher->timer.timer);
  if (kind == GV_IO || kind == GV_CHILD)
    watcher->io.fd = -1;
  if (kind == GV_CHILD)
    watcher->io.status = GV_STATUS_UNKNOWN;
  if (kind == GV_SIGNAL) {
    watcher->listener.wake = wake_for_signal;
    watcher->listener.arg = watchers;
  }
}

struct gv_watcher *watcher_new(struct watchers *watchers, enum gv_kind kind, int32_t number) {
  struct gv_watcher *watcher = calloc(1, sizeof *watcher);
  if (watcher == NULL)
    return NULL;
  if (kind == GV_STAT) {
    watcher->file = calloc(1, sizeof *watcher->file);
    if (watcher->file == NULL) {
      free(watcher);
      return NULL;
    }
    watcher->file->watcher = watcher;
  }
  init(watcher, watchers, kind);
  watcher->number = number;
  return watcher;
}

void watcher_init(struct gv_watcher *watcher, struct watchers *watchers, enum gv_kind kind) {
  memset(watcher, 0, sizeof *watcher);
  init(watcher, watchers, kind);
  watcher->part = true;
}

void watcher_term(struct gv_watcher *watcher) {
  watcher_stop(watcher);
  if (watcher->waiter != NULL) { /* a greenlet, which must not touch the watcher any more */
    *watcher->freed = true;
    watcher_fire_entry(watcher->home, watcher->waiter, watcher->priority);
  }
  queue_remove(&watcher->all);
  __atomic_store_n(&watcher->home, NULL, __ATOMIC_RELEASE); /* whose it is part of may ask in another thread */
}

void watcher_free(struct gv_watcher *watcher) {
  watcher_term(watcher);
  if (watcher->kind == GV_STAT) {
    free((char *)watcher->file->file.path);
    free(watcher->file);
  }
  free(watcher);
}

int watcher_set_io(struct gv_watcher *watcher, int fd, int events) {
  if (watcher->kind != GV_IO || watcher->active || fd < 0 || events == 0 || (events & ~(GV_READ | GV_WRITE)) != 0)
    return GV_EINVAL;
  watcher->io.fd = fd;
  watcher->io.mask = events;
  return GV_OK;
}

int watcher_set_timer(struct gv_watcher *watcher, int64_t after, int64_t repeat) {
  if (watcher->kind != GV_TIMER || repeat < 0)
    return GV_EINVAL;
  watcher->timer.after = after;
  watcher->timer.repeat = repeat;
  return GV_OK;
}

int watcher_set_signal(struct gv_watcher *watcher, int number) {
  if (watcher->kind != GV_SIGNAL || watcher->active)
    return GV_EINVAL;
  watcher->listener.number = number;
  return signals_check(number);
}

int watcher_set_child(struct gv_watcher *watcher, int32_t pid) {
  if (watcher->kind != GV_CHILD || watcher->active || pid <= 0)
    return GV_EINVAL;
  watcher->io.pid = pid;
  watcher->io.mask = GV_READ;
  return GV_OK;
}

int watcher_set_stat(struct gv_watcher *watcher, const char *path, int64_t interval) {
  if (watcher->kind != GV_STAT || watcher->active || path == NULL || interval < 0)
    return GV_EINVAL;
  char *copy = strdup(path);
  if (copy == NULL)
    return GV_ENOMEM;
  struct loop_file *file = &watcher->file->file;
  free((char *)file->path);
  file->path = copy;
  file->interval = interval;
  return GV_OK;
}

int watcher_set_priority(struct gv_watcher *watcher, int priority) {
  if (watcher->active || priority < GV_PRIORITY_MIN || priority > GV_PRIORITY_MAX)
    return GV_EINVAL;
  watcher->priority = priority;
  return GV_OK;
}

/* ---- starting and stopping ---- */

static int start_stat(struct gv_watcher *watcher) {
  struct loop *loop = watcher->home->loop;
  if (watcher->file->file.path == NULL)
    return GV_EINVAL;
  int status = loop->backend->file_start(loop, &watcher->file->file);
  watcher->home->watched += status == GV_OK;
  return status;
}

/* Timers, descriptors and files are found in another way. */
static inline bool has_peers(const struct gv_watcher *watcher) {
  return watcher->kind != GV_IO && watcher->kind != GV_CHILD && watcher->kind != GV_TIMER && watcher->kind != GV_STAT;
}

int watcher_start(struct gv_watcher *watcher) {
  if (watcher->active)
    return GV_OK;
  int status = GV_OK;
  switch (watcher->kind) {
  case GV_IO:
    status = watcher_start_io(watcher);
    break;
  case GV_CHILD:
    status = watcher_start_child(watcher);
    break;
  case GV_TIMER:
    status = watcher_start_timer(watcher, watcher->timer.after);
    break;
  case GV_STAT:
    status = start_stat(watcher);
    break;
  case GV_SIGNAL:
    status = signals_listen(&watcher->listener);
    break;
  default:
    break;
  }
  if (status != GV_OK)
    return status;
  watcher_activate(watcher);
  if (has_peers(watcher))
    queue_push_last(&watcher->home->of_kind[watcher->kind], &watcher->peers);
  if (watcher->kind == GV_ASYNC && atomic_load(&watcher->sent)) /* it was sent to before */
    wake_tell(&watcher->home->wake, WAKE_ASYNC);
  return GV_OK;
}

void watcher_stop(struct gv_watcher *watcher) {
  queue_remove(&watcher->entry.link);
  watcher->events = 0;
  if (!watcher->active)
    return;
  watcher_deactivate(watcher);
  if (has_peers(watcher))
    queue_remove(&watcher->peers);
  switch (watcher->kind) {
  case GV_IO:
    watcher_stop_io(watcher);
    break;
  case GV_CHILD:
    watcher_stop_child(watcher);
    break;
  case GV_TIMER:
    timers_stop(&watcher->home->timers, &watcher->timer.timer);
    break;
  case GV_STAT:
    watcher->home->loop->backend->file_stop(watcher->home->loop, &watcher->file->file);
    watcher->home->watched--;
    break;
  case GV_SIGNAL:
    signals_forget(&watcher->listener);
    break;
  default:
    break;
  }
}

int watcher_again(struct gv_watcher *watcher) {
  if (watcher->kind != GV_TIMER)
    return GV_EINVAL;
  if (watcher->timer.repeat == 0) {
    watcher_stop(watcher);
    return GV_OK;
  }
  queue_remove(&watcher->entry.link);
  watcher->events = 0;
  int status = watcher_start_timer(watcher, watcher->timer.repeat);
  if (status == GV_OK && !watcher->active)
    watcher_activate(watcher);
  return status;
}

int watcher_feed(struct gv_watcher *watcher, int events) {
  watcher_fire(watcher, events);
  return GV_OK;
}

void watcher_send(struct gv_watcher *watcher) {
  if (watcher->kind != GV_ASYNC)
    return;
  atomic_store(&watcher->sent, true);
  wake_tell(&watcher->home->wake, WAKE_ASYNC);
}
