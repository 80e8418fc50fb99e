/*
 * timer.c: what starting and stopping a timer costs among many. Prints a table; the numbers are of this machine, at
 * this moment.
 */
#include "timer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static uint64_t seed = 42;

static uint64_t random_number(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}

/* Within the next 18 minutes. */
static int64_t random_time(int64_t now) {
  return now + (int64_t)(random_number() >> 24);
}

struct pending {
  struct timers timers;
  struct timer *all; /* and one that isn't started */
  int count;
};

static void start(struct timers *timers, struct timer *timer, int64_t at) {
  if (timers_start(timers, timer, at) != 0)
    fail("a timer");
}

static void pending_init(struct pending *pending, int count) {
  timers_init(&pending->timers);
  pending->count = count;
  pending->all = malloc(sizeof *pending->all * ((size_t)count + 1));
  if (pending->all == NULL)
    fail("timers");
  for (int i = 0; i <= count; i++)
    timer_init(&pending->all[i]);
  for (int i = 0; i < count; i++)
    start(&pending->timers, &pending->all[i], random_time(0));
}

static void pending_term(struct pending *pending) {
  timers_term(&pending->timers);
  free(pending->all);
}

/* A timeout that isn't needed: started, and stopped soon after. */
static void one_more(struct pending *pending) {
  struct timer *timer = &pending->all[pending->count];
  start(&pending->timers, timer, random_time(0));
  timers_stop(&pending->timers, timer);
}

/* The timeout of one of many connections. */
static void any_again(struct pending *pending) {
  struct timer *timer = &pending->all[random_number() % (uint64_t)pending->count];
  timers_stop(&pending->timers, timer);
  start(&pending->timers, timer, random_time(0));
}

/* One that is due, and sleeps again. */
static void first_again(struct pending *pending) {
  struct timer *timer = timers_first(&pending->timers);
  timers_stop(&pending->timers, timer);
  start(&pending->timers, timer, random_time(timer->at));
}

enum { REPEATS = 3, ROUNDS = 500 * 1000 }; /* the best repeat counts: the others had company on their core */

static double time_rounds(struct pending *pending, void (*round)(struct pending *)) {
  double best = 0;
  for (int i = 0; i < REPEATS; i++) {
    double before = nanoseconds();
    for (int j = 0; j < ROUNDS; j++)
      round(pending);
    double once = (nanoseconds() - before) / ROUNDS;
    best = i == 0 || once < best ? once : best;
  }
  return best;
}

int main(void) {
  const int counts[] = {1000, 100 * 1000, 1000 * 1000};
  printf("%-14s %18s %18s %18s\n", "timers pending", "start and stop", "any again", "first again");
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    struct pending pending;
    pending_init(&pending, counts[i]);
    double more = time_rounds(&pending, one_more);
    double any = time_rounds(&pending, any_again);
    double first = time_rounds(&pending, first_again);
    printf("%-14d %15.1f ns %15.1f ns %15.1f ns\n", counts[i], more, any, first);
    pending_term(&pending);
  }
  return 0;
}
