/*
 * watcher_timer.c: timers of watchers, and of greenlets that sleep.
 */
#include "watcher_parts.h"

#include "clock.h"

enum { OF_WATCHER, OF_SLEEPER }; /* tags of timers */

static const int64_t CENTURY = 3155760000 * INT64_C(1000000000);

int64_t watchers_update_now(struct watchers *watchers) {
  return watchers->now = clock_now();
}

static int64_t later(int64_t now, int64_t ns) {
  return ns < CENTURY ? now + (ns < 0 ? 0 : ns) : now + CENTURY;
}

int watcher_start_timer(struct gv_watcher *watcher, int64_t ns) {
  struct watchers *watchers = watcher->home;
  return timers_start(&watchers->timers, &watcher->timer.timer, later(watchers_update_now(watchers), ns));
}

static void fire_timer(struct gv_watcher *watcher) {
  struct watchers *watchers = watcher->home;
  struct timer *timer = &watcher->timer.timer;
  if (watcher->timer.repeat == 0) {
    timers_stop(&watchers->timers, timer);
    watcher_deactivate(watcher);
  } else {
    int64_t at = later(timer->at, watcher->timer.repeat);
    timers_start(&watchers->timers, timer,
                 at > watchers->now ? at : watchers->now + 1); /* its place can't be lacking */
  }
  watcher_fire(watcher, GV_TIMEOUT);
}

void watchers_fire_due(struct watchers *watchers) {
  for (;;) {
    struct timer *first = timers_first(&watchers->timers);
    if (first == NULL || first->at > watchers->now)
      return;
    if (first->tag == OF_WATCHER) {
      fire_timer(queue_entry(first, struct gv_watcher, timer.timer));
    } else {
      timers_stop(&watchers->timers, first);
      watcher_fire_entry(watchers, ((struct sleeper *)first)->entry, 0);
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
