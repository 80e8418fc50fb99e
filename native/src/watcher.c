#define _GNU_SOURCE
#include "watcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OF_WATCHER, OF_SLEEPER }; /* tags of timers */

static const int64_t NEVER = INT64_MAX;
static const int64_t CENTURY = 3155760000 * INT64_C(1000000000);

int64_t watchers_update_now(struct watchers *watchers) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return watchers->now = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- news ---- */

static void fire_entry(struct watchers *watchers, struct entry *entry, int priority) {
  queue_push_last(&watchers->fired[priority - GV_PRIORITY_MIN], &entry->link);
  watchers->quiet = false;
}

static void fire(struct gv_watcher *watcher, int events) {
  struct entry *entry = watcher->waiter != NULL ? watcher->waiter : &watcher->entry;
  watcher->events |= events;
  if (!entry_is_ready(entry))
    fire_entry(watcher->home, entry, watcher->priority);
}

void watchers_take_fired(struct watchers *watchers, struct queue *ready) {
  for (int i = PRIORITIES - 1; i >= 0; i--)
    queue_move_all(ready, &watchers->fired[i]);
}

bool watchers_fire_kind(struct watchers *watchers, enum gv_kind kind) {
  struct queue *head = &watchers->of_kind[kind];
  for (struct queue *link = head->next; link != head; link = link->next)
    fire(queue_entry(link, struct gv_watcher, peers), 0);
  return !queue_is_empty(head);
}

void watchers_told(struct watchers *watchers, uint32_t news) {
  struct queue *head = &watchers->of_kind[GV_ASYNC];
  for (struct queue *link = head->next; (news & WAKE_ASYNC) && link != head; link = link->next) {
    struct gv_watcher *watcher = queue_entry(link, struct gv_watcher, peers);
    if (atomic_exchange(&watcher->sent, false))
      fire(watcher, 0);
  }
  head = &watchers->of_kind[GV_SIGNAL];
  for (struct queue *link = head->next; (news & WAKE_SIGNAL) && link != head; link = link->next) {
    struct gv_watcher *watcher = queue_entry(link, struct gv_watcher, peers);
    if (atomic_exchange(&watcher->listener.arrived, 0) != 0)
      fire(watcher, 0);
  }
}

/* ---- active and stopped ---- */

static void activate(struct gv_watcher *watcher) {
  watcher->active = true;
  watcher->home->active++;
  watcher->home->refs += watcher->ref;
}

static void deactivate(struct gv_watcher *watcher) {
  watcher->active = false;
  watcher->home->active--;
  watcher->home->refs -= watcher->ref;
}

void watcher_set_ref(struct gv_watcher *watcher, bool ref) {
  if (watcher->active)
    watcher->home->refs += ref - watcher->ref;
  watcher->ref = ref;
}

/* ---- descriptors: any number of watchers may share one ---- */

static int32_t mask_of(const struct watchers *watchers, int fd) {
  int32_t mask = 0;
  for (const struct gv_watcher *watcher = watchers->first_of[fd]; watcher != NULL; watcher = watcher->io.next)
    mask |= watcher->io.mask;
  return mask;
}

static int grow_descriptors(struct watchers *watchers, int fd) {
  int32_t count = watchers->descriptors == 0 ? 64 : watchers->descriptors;
  while (count <= fd)
    count *= 2;
  struct gv_watcher **grown = realloc(watchers->first_of, (size_t)count * sizeof *grown);
  if (grown == NULL)
    return GV_ENOMEM;
  memset(grown + watchers->descriptors, 0, (size_t)(count - watchers->descriptors) * sizeof *grown);
  watchers->first_of = grown;
  watchers->descriptors = count;
  return GV_OK;
}

/* Tells the loop what is now asked of a descriptor, if that has changed. */
static int watch(struct watchers *watchers, int fd, int32_t before) {
  int32_t mask = mask_of(watchers, fd);
  if (mask == before)
    return GV_OK;
  int status = watchers->loop->backend->watch(watchers->loop, fd, mask);
  if (status == GV_OK)
    watchers->watched += (mask != 0) - (before != 0);
  return status;
}

static void unlink_io(struct gv_watcher *watcher) {
  struct gv_watcher **place = &watcher->home->first_of[watcher->io.fd];
  while (*place != watcher)
    place = &(*place)->io.next;
  *place = watcher->io.next;
}

static int start_io(struct gv_watcher *watcher) {
  struct watchers *watchers = watcher->home;
  int fd = watcher->io.fd;
  if (fd < 0)
    return GV_EINVAL;
  if (fcntl(fd, F_GETFD) < 0)
    return GV_ESYSTEM - errno;
  if (fd >= watchers->descriptors && grow_descriptors(watchers, fd) != GV_OK)
    return GV_ENOMEM;
  int32_t before = mask_of(watchers, fd);
  struct gv_watcher **last = &watchers->first_of[fd];
  while (*last != NULL)
    last = &(*last)->io.next;
  watcher->io.next = NULL;
  *last = watcher;
  int status = watch(watchers, fd, before);
  if (status != GV_OK)
    *last = NULL;
  return status;
}

static void stop_io(struct gv_watcher *watcher) {
  int32_t before = mask_of(watcher->home, watcher->io.fd);
  unlink_io(watcher);
  watch(watcher->home, watcher->io.fd, before);
}

static int start_child(struct gv_watcher *watcher) {
  int fd = pollable_child(watcher->io.pid);
  if (fd < 0)
    return fd;
  watcher->io.fd = fd;
  int status = start_io(watcher);
  if (status != GV_OK) {
    close(fd);
    watcher->io.fd = -1;
  }
  return status;
}

static void stop_child(struct gv_watcher *watcher) {
  stop_io(watcher);
  close(watcher->io.fd);
  watcher->io.fd = -1;
}

/* A child ends once. */
static void fire_child(struct gv_watcher *watcher) {
  watcher->io.status = pollable_child_status(watcher->io.fd);
  stop_child(watcher);
  deactivate(watcher);
  fire(watcher, 0);
}

static void fire_io(struct watchers *watchers, int fd, int events) {
  struct gv_watcher *next;
  for (struct gv_watcher *watcher = watchers->first_of[fd]; watcher != NULL; watcher = next) {
    next = watcher->io.next;
    if (watcher->kind == GV_CHILD)
      fire_child(watcher);
    else if (events & watcher->io.mask)
      fire(watcher, events & watcher->io.mask);
  }
}

/* The loop doesn't watch it any more, since somebody has closed it. */
static void fire_closed(struct watchers *watchers, int fd) {
  watchers->watched--;
  while (watchers->first_of[fd] != NULL) {
    struct gv_watcher *watcher = watchers->first_of[fd];
    watchers->first_of[fd] = watcher->io.next;
    deactivate(watcher);
    fire(watcher, watcher->io.mask | GV_ERROR);
  }
}

/* ---- timers ---- */

static int64_t later(int64_t now, int64_t ns) {
  return ns < CENTURY ? now + (ns < 0 ? 0 : ns) : now + CENTURY;
}

static int start_timer(struct gv_watcher *watcher, int64_t ns) {
  struct watchers *watchers = watcher->home;
  return timers_start(&watchers->timers, &watcher->timer.timer, later(watchers_update_now(watchers), ns));
}

static void fire_timer(struct gv_watcher *watcher) {
  struct watchers *watchers = watcher->home;
  struct timer *timer = &watcher->timer.timer;
  if (watcher->timer.repeat == 0) {
    timers_stop(&watchers->timers, timer);
    deactivate(watcher);
  } else {
    int64_t at = later(timer->at, watcher->timer.repeat);
    timers_start(&watchers->timers, timer,
                 at > watchers->now ? at : watchers->now + 1); /* its place can't be lacking */
  }
  fire(watcher, GV_TIMEOUT);
}

static void fire_due(struct watchers *watchers) {
  for (;;) {
    struct timer *first = timers_first(&watchers->timers);
    if (first == NULL || first->at > watchers->now)
      return;
    if (first->tag == OF_WATCHER) {
      fire_timer(queue_entry(first, struct gv_watcher, timer.timer));
    } else {
      timers_stop(&watchers->timers, first);
      fire_entry(watchers, ((struct sleeper *)first)->entry, 0);
    }
  }
}

int sleeper_start(struct watchers *watchers, struct sleeper *sleeper, struct entry *entry, int64_t ns) {
  timer_init(&sleeper->timer);
  sleeper->timer.tag = OF_SLEEPER;
  sleeper->entry = entry;
  return timers_start(&watchers->timers, &sleeper->timer, later(watchers_update_now(watchers), ns));
}

void sleeper_stop(struct watchers *watchers, struct sleeper *sleeper) {
  timers_stop(&watchers->timers, &sleeper->timer);
}

/* ---- the poll ---- */

/*
 * Sets the alarm for the earliest timer. One that rings too early costs a turn, and one that is set anew costs a call:
 * so it is only ever set to earlier, and timers that are stopped in time, as most are, cost nothing.
 */
static bool set_alarm(struct watchers *watchers) {
  struct timer *first = timers_first(&watchers->timers);
  if (first == NULL)
    return true;
  if (first->at <= watchers_update_now(watchers))
    return false;
  if (first->at < watchers->alarm_at) {
    watchers->alarm_at = first->at;
    pollable_alarm_at(watchers->alarm, first->at);
  }
  return true;
}

static void ask_loop(struct watchers *watchers, bool block) {
  struct loop *loop = watchers->loop;
  loop->fired_count = 0;
  loop->backend->poll(loop, block);
}

static void fire_news(struct watchers *watchers) {
  struct loop *loop = watchers->loop;
  for (int i = 0; i < loop->fired_count; i++) {
    struct fired news = loop->fired[i];
    if (news.file != NULL) {
      fire(queue_entry(news.file, struct gv_watcher, file), 0);
    } else if (news.fd == watchers->alarm) {
      pollable_clear(news.fd);
      watchers->alarm_at = NEVER;
    } else if (news.fd == watchers->wake.fd) {
      pollable_clear(news.fd);
    } else if (news.fd < watchers->descriptors) {
      if (news.events & LOOP_ERROR)
        fire_closed(watchers, news.fd);
      else
        fire_io(watchers, news.fd, news.events);
    }
  }
  loop->fired_count = 0;
}

void watchers_poll(struct watchers *watchers, bool block) {
  watchers->iteration++;
  if (block && set_alarm(watchers) && wake_try_sleep(&watchers->wake)) {
    ask_loop(watchers, true);
    wake_awake(&watchers->wake);
  } else if (watchers->watched > 0) {
    ask_loop(watchers, false);
  }
  watchers_update_now(watchers);
  watchers_fire_kind(watchers, GV_CHECK);
  watchers->quiet = true;
  fire_due(watchers);
  fire_news(watchers);
}

/* ---- all of them ---- */

/* Has the loop watch one of our own descriptors. Takes the descriptor over. */
static int watch_own(struct watchers *watchers, int *own, int fd) {
  if (fd < 0)
    return fd;
  *own = fd;
  return watchers->loop->backend->watch(watchers->loop, fd, LOOP_READ);
}

int watchers_init(struct watchers *watchers, const struct loop_backend *backend, const char *way) {
  memset(watchers, 0, sizeof *watchers);
  for (int i = 0; i < PRIORITIES; i++)
    queue_init(&watchers->fired[i]);
  for (int i = 0; i < KINDS; i++)
    queue_init(&watchers->of_kind[i]);
  queue_init(&watchers->all);
  timers_init(&watchers->timers);
  watchers->wake.fd = -1;
  watchers->alarm = -1;
  watchers->alarm_at = NEVER;
  watchers_update_now(watchers);

  int status = GV_OK;
  watchers->loop = backend->open(way, &status);
  if (watchers->loop != NULL)
    status = watch_own(watchers, &watchers->wake.fd, pollable_call());
  if (status == GV_OK)
    status = watch_own(watchers, &watchers->alarm, pollable_alarm());
  if (status != GV_OK)
    watchers_term(watchers);
  return status;
}

void watchers_term(struct watchers *watchers) {
  while (!queue_is_empty(&watchers->all))
    watcher_free(queue_entry(watchers->all.next, struct gv_watcher, all));
  if (watchers->loop != NULL)
    watchers->loop->backend->close(watchers->loop);
  if (watchers->alarm >= 0)
    close(watchers->alarm);
  if (watchers->wake.fd >= 0)
    close(watchers->wake.fd);
  timers_term(&watchers->timers);
  free(watchers->first_of);
}

/* ---- one of them ---- */

static void wake_for_signal(void *watchers) {
  wake_tell(&((struct watchers *)watchers)->wake, WAKE_SIGNAL);
}

struct gv_watcher *watcher_new(struct watchers *watchers, enum gv_kind kind, int32_t number) {
  struct gv_watcher *watcher = calloc(1, sizeof *watcher);
  if (watcher == NULL)
    return NULL;
  entry_init(&watcher->entry, ENTRY_WATCHER);
  queue_init(&watcher->peers);
  queue_push_last(&watchers->all, &watcher->all);
  watcher->home = watchers;
  watcher->kind = kind;
  watcher->number = number;
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
  return watcher;
}

void watcher_free(struct gv_watcher *watcher) {
  watcher_stop(watcher);
  queue_remove(&watcher->all);
  if (watcher->kind == GV_STAT)
    free((char *)watcher->file.path);
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
  free((char *)watcher->file.path);
  watcher->file.path = copy;
  watcher->file.interval = interval;
  return GV_OK;
}

int watcher_set_priority(struct gv_watcher *watcher, int priority) {
  if (watcher->active || priority < GV_PRIORITY_MIN || priority > GV_PRIORITY_MAX)
    return GV_EINVAL;
  watcher->priority = priority;
  return GV_OK;
}

static int start_stat(struct gv_watcher *watcher) {
  struct loop *loop = watcher->home->loop;
  if (watcher->file.path == NULL)
    return GV_EINVAL;
  int status = loop->backend->file_start(loop, &watcher->file);
  watcher->home->watched += status == GV_OK;
  return status;
}

int watcher_start(struct gv_watcher *watcher) {
  if (watcher->active)
    return GV_OK;
  int status = GV_OK;
  switch (watcher->kind) {
  case GV_IO:
    status = start_io(watcher);
    break;
  case GV_CHILD:
    status = start_child(watcher);
    break;
  case GV_TIMER:
    status = start_timer(watcher, watcher->timer.after);
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
  activate(watcher);
  if (watcher->kind != GV_IO && watcher->kind != GV_CHILD && watcher->kind != GV_TIMER && watcher->kind != GV_STAT)
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
  deactivate(watcher);
  queue_remove(&watcher->peers);
  switch (watcher->kind) {
  case GV_IO:
    stop_io(watcher);
    break;
  case GV_CHILD:
    stop_child(watcher);
    break;
  case GV_TIMER:
    timers_stop(&watcher->home->timers, &watcher->timer.timer);
    break;
  case GV_STAT:
    watcher->home->loop->backend->file_stop(watcher->home->loop, &watcher->file);
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
  int status = start_timer(watcher, watcher->timer.repeat);
  if (status == GV_OK && !watcher->active)
    activate(watcher);
  return status;
}

int watcher_feed(struct gv_watcher *watcher, int events) {
  fire(watcher, events);
  return GV_OK;
}

void watcher_send(struct gv_watcher *watcher) {
  atomic_store(&watcher->sent, true);
  wake_tell(&watcher->home->wake, WAKE_ASYNC);
}
