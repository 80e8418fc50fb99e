/*
 * watcher_poll.c: all watchers of a hub: what they wait with, and how their news is collected.
 */
#include "watcher_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t NEVER = INT64_MAX;

/* ---- news ---- */

void watchers_take_fired(struct watchers *watchers, struct queue *ready) {
  for (int i = PRIORITIES - 1; i >= 0; i--)
    queue_move_all(ready, &watchers->fired[i]);
}

bool watchers_fire_kind(struct watchers *watchers, enum gv_kind kind) {
  struct queue *head = &watchers->of_kind[kind];
  for (struct queue *link = head->next; link != head; link = link->next)
    watcher_fire(queue_entry(link, struct gv_watcher, peers), 0);
  return !queue_is_empty(head);
}

void watchers_told(struct watchers *watchers, uint32_t news) {
  struct queue *head = &watchers->of_kind[GV_ASYNC];
  for (struct queue *link = head->next; (news & WAKE_ASYNC) && link != head; link = link->next) {
    struct gv_watcher *watcher = queue_entry(link, struct gv_watcher, peers);
    if (atomic_exchange(&watcher->sent, false))
      watcher_fire(watcher, 0);
  }
  head = &watchers->of_kind[GV_SIGNAL];
  for (struct queue *link = head->next; (news & WAKE_SIGNAL) && link != head; link = link->next) {
    struct gv_watcher *watcher = queue_entry(link, struct gv_watcher, peers);
    if (atomic_exchange(&watcher->listener.arrived, 0) != 0)
      watcher_fire(watcher, 0);
  }
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
  watchers->news = loop->fired_count;
  for (int i = 0; i < loop->fired_count; i++) {
    struct fired news = loop->fired[i];
    if (news.file != NULL) {
      watcher_fire(((struct watched_file *)news.file)->watcher, 0);
    } else if (news.fd == watchers->alarm) {
      pollable_clear(news.fd);
      watchers->alarm_at = NEVER;
    } else if (news.fd == watchers->wake.fd) {
      pollable_clear(news.fd);
    } else if (news.fd < watchers->descriptors) {
      if (news.events & LOOP_ERROR)
        watchers_fire_closed(watchers, news.fd);
      else
        watchers_fire_descriptor(watchers, news.fd, news.events);
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
  watchers_fire_due(watchers);
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
  while (!queue_is_empty(&watchers->all)) {
    struct gv_watcher *watcher = queue_entry(watchers->all.next, struct gv_watcher, all);
    if (watcher->part)
      watcher_term(watcher);
    else
      watcher_free(watcher);
  }
  if (watchers->loop != NULL)
    watchers->loop->backend->close(watchers->loop);
  if (watchers->alarm >= 0)
    close(watchers->alarm);
  if (watchers->wake.fd >= 0)
    close(watchers->wake.fd);
  timers_term(&watchers->timers);
  free(watchers->of_descriptor);
}
