/*
 * A kernel thread that ends while its greenlets wait in its hub, or are away from it: each comes back with GV_EOWNER,
 * and the runner, which frees the hub, is the last. Here the runner is a greenlet, and main one of those that wait.
 */
#include "hubs.h"

#include <semaphore.h>

static const int64_t HOUR = INT64_C(3600000000000);

enum { MOST_RELEASED = 16 };

static struct {
  _Atomic int waiting;  /* who has begun */
  _Atomic int running;  /* greenlets between their release and their end */
  _Atomic int released; /* in all */
  sem_t way_home;       /* lets one of them come back */
  bool runner_was_last;
  int pair[2];
  struct gv_greenlet *runner;
  struct gv_greenlet *ready;
} end;

/* ---- the runner ---- */

static struct thread *to_start[MOST_RELEASED];
static int to_start_count, started;

static void start_greenlets(int32_t number, int32_t value) {
  check_equal(number, GV_BATCH_CALLBACKS);
  for (; value > 0; value--)
    check_equal(greenlet_switch(end.runner, to_start[started++]->greenlet), GV_OK);
}

static int run_hub(struct thread *thread) {
  end.runner = thread->greenlet;
  open_hub(end.runner);
  check_equal(thread_pause(thread), GV_OK);
  check_equal(run(GV_RUN_ALL), GV_EOWNER);
  check_equal(kernel_thread(), thread->kernel_thread);
  check_equal(end.running, 0);
  end.runner_was_last = end.released == started;
  close_hub();
  return GV_EOWNER;
}

static struct thread *new_greenlet(int (*body)(struct thread *)) {
  struct thread *thread = malloc(sizeof *thread);
  check(thread != NULL);
  thread_start(thread, greenlet_count, body, NULL);
  greenlets[greenlet_count++] = thread;
  greenlet_adopt(family, thread->greenlet);
  return thread;
}

static void begin(void) {
  memset(&end, 0, sizeof end);
  sem_init(&end.way_home, 0, 0);
  open_pair(end.pair);
  to_start_count = started = 0;
  on_news = start_greenlets;
  family = family_without_spares();
  check_equal(thread_enter(new_greenlet(run_hub)), GV_OK);
}

static void start(int (*body)(struct thread *)) {
  to_start[to_start_count++] = new_greenlet(body);
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
}

/* Once more at the end, so that the runner comes back from the last that it has started. */
static void await_waiters(void) {
  for (bool all = false; !all;) {
    all = end.waiting == to_start_count;
    check_equal(gv_hub_sleep(hub, &family->main, 1000000, 1), GV_OK);
  }
}

/* ---- those that wait ---- */

static int be_released(struct thread *thread, int status) {
  check_equal(status, GV_EOWNER);
  check_equal(kernel_thread(), thread->kernel_thread);
  check_equal(end.running++, 0);
  check_equal(gv_hub_yield(hub, thread->greenlet), GV_EOWNER); /* there is nobody to wait for any more */
  check_equal(gv_hub_sleep(hub, thread->greenlet, 1, 1), GV_EOWNER);
  check_equal(gv_hub_leave(hub, thread->greenlet), GV_EOWNER);
  for (int i = 0; i < 10; i++) { /* time enough for another one to come by mistake */
    check_equal(end.running, 1);
    sched_yield();
  }
  end.released++;
  check_equal(--end.running, 0);
  return status;
}

static int wait_plainly(struct thread *thread) {
  end.waiting++;
  return be_released(thread, gv_hub_wait(hub, thread->greenlet));
}

static int wait_as_the_ready_one(struct thread *thread) {
  end.ready = thread->greenlet;
  return wait_plainly(thread);
}

static int sleep_long(struct thread *thread) {
  end.waiting++;
  return be_released(thread, gv_hub_sleep(hub, thread->greenlet, HOUR + thread->number, 1));
}

static int wait_for(struct thread *thread, gv_watcher *watcher) {
  end.waiting++;
  int status = gv_hub_wait_for(hub, thread->greenlet, watcher);
  check(!gv_watcher_is_active(watcher));
  return be_released(thread, status);
}

static int wait_for_timer(struct thread *thread) {
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, HOUR, 0), GV_OK);
  return wait_for(thread, timer);
}

static int wait_for_descriptor(struct thread *thread) {
  gv_watcher *reader = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_set_io(reader, end.pair[0], GV_READ), GV_OK);
  return wait_for(thread, reader);
}

static void end_with_waiters(void *unused) {
  (void)unused;
  begin();
  int (*const bodies[])(struct thread *) = {
      wait_plainly, sleep_long,          wait_as_the_ready_one, wait_for_timer,
      sleep_long,   wait_for_descriptor, wait_for_descriptor,   wait_plainly,
  };
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
    start(bodies[i]);
  await_waiters();
  check_equal(gv_hub_ready(hub, end.ready), 1);
}

static void shouldReleaseWhoeverWaitsAndTheRunnerLast(void **state) {
  (void)state;
  for (int i = 0; i < scaled(20); i++) {
    on_thread(end_with_waiters, NULL);
    join_greenlets();
    check(end.runner_was_last);
    check_equal(end.released, started);
    close_pair(end.pair);
  }
}

/* ---- those that are away ---- */

static int travel(struct thread *thread) {
  check_equal(gv_hub_leave(hub, thread->greenlet), GV_OK);
  check_equal(kernel_thread(), thread->kernel_thread);
  end.waiting++;
  while (sem_wait(&end.way_home) != 0)
    ;
  return be_released(thread, gv_hub_return(hub, thread->greenlet));
}

static void end_with_travellers(void *unused) {
  (void)unused;
  begin();
  start(travel);
  start(sleep_long);
  await_waiters();
}

static void shouldReleaseOneThatIsAwayWhenItComesBack(void **state) {
  (void)state;
  for (int i = 0; i < scaled(20); i++) {
    on_thread(end_with_travellers, NULL);
    check_equal(end.released, 0); /* the others wait for it */
    sem_post(&end.way_home);
    join_greenlets();
    check(end.runner_was_last);
    check_equal(end.released, 2);
    close_pair(end.pair);
  }
}

/* Another one is released first, and is at its end when the traveller comes back. */
static _Atomic bool came_back;

static int sleep_until_the_other_is_back(struct thread *thread) {
  end.waiting++;
  check_equal(gv_hub_sleep(hub, thread->greenlet, HOUR, 1), GV_EOWNER);
  sem_post(&end.way_home);
  for (int i = 0; i < 1000 && !came_back; i++) /* it isn't to come back from gv_hub_return yet */
    sched_yield();
  check(!came_back);
  end.released++;
  return GV_EOWNER;
}

static int travel_last(struct thread *thread) {
  check_equal(gv_hub_leave(hub, thread->greenlet), GV_OK);
  end.waiting++;
  while (sem_wait(&end.way_home) != 0)
    ;
  int status = gv_hub_return(hub, thread->greenlet);
  came_back = true;
  return be_released(thread, status);
}

static void end_with_a_traveller_who_is_not_the_first(void *unused) {
  (void)unused;
  begin();
  came_back = false;
  start(sleep_until_the_other_is_back);
  start(travel_last);
  await_waiters();
}

static void shouldReleaseOneThatComesBackOnlyAfterThoseBeforeIt(void **state) {
  (void)state;
  for (int i = 0; i < scaled(20); i++) {
    on_thread(end_with_a_traveller_who_is_not_the_first, NULL);
    join_greenlets();
    check(end.runner_was_last);
    check_equal(end.released, 2);
    close_pair(end.pair);
  }
}

/* ---- main, which waits as others do ---- */

static void wait_as_main(void *unused) {
  (void)unused;
  begin();
  check_equal(gv_hub_leave(hub, &family->main), GV_EINVAL);
  check_equal(gv_hub_ref(hub, 0), 0);
  check_equal(gv_hub_wait(hub, end.runner), GV_ETHREAD); /* it isn't the caller */
  check_equal(gv_hub_yield(hub, &family->main), GV_OK);
  check_equal(gv_hub_sleep(hub, &family->main, 1000, 1), GV_OK);
  gv_watcher *writer = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_set_io(writer, end.pair[0], GV_WRITE), GV_OK);
  check_equal(gv_hub_wait_for(hub, &family->main, writer), GV_WRITE);
}

static void shouldLetMainWaitButNotLeave(void **state) {
  (void)state;
  on_thread(wait_as_main, NULL);
  join_greenlets();
  check(end.runner_was_last);
  close_pair(end.pair);
}

/* ---- hubs that come and go ---- */

static void open_and_close_hubs(void *unused) {
  (void)unused;
  family = family_without_spares();
  open_hub(&family->main); /* what the libraries and the C library open once */
  close_hub();
  int before = open_descriptors();
  for (int i = 0; i < scaled(2000); i++) {
    open_hub(&family->main);
    gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
    check_equal(gv_watcher_start(timer), GV_OK);
    run_until_idle();
    close_hub();
  }
  check_equal(open_descriptors(), before);
  check(family->hub == NULL);
}

static void shouldLeaveNoDescriptorsOfHubsThatWereFreed(void **state) {
  (void)state;
  on_news = NULL;
  for (int i = 0; i < 2; i++) {
    news_count = 0;
    on_thread(open_and_close_hubs, NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shouldReleaseWhoeverWaitsAndTheRunnerLast),
      cmocka_unit_test(shouldReleaseOneThatIsAwayWhenItComesBack),
      cmocka_unit_test(shouldReleaseOneThatComesBackOnlyAfterThoseBeforeIt),
      cmocka_unit_test(shouldLetMainWaitButNotLeave),
      cmocka_unit_test(shouldLeaveNoDescriptorsOfHubsThatWereFreed),
  };
  return run_over_both(tests);
}
