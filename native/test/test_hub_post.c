/*
 * Greenlets that are made ready without a call: it is as if there had been one.
 */
#include "hubs.h"

static char trace[64];
static int traced;

static void note(char what) {
  check(traced < (int)sizeof trace - 1);
  trace[traced++] = what;
  trace[traced] = 0;
}

static void note_news(int32_t number, int32_t value) {
  (void)value;
  note(number == GV_BATCH_CALLBACKS ? '!' : '?');
}

static void begin(void) {
  traced = 0;
  trace[0] = 0;
  on_news = note_news;
}

static void post(struct gv_greenlet *greenlet, int how) {
  check_equal(*gv_hub_post(hub), 0);
  *gv_hub_post(hub) = (int64_t)(intptr_t)greenlet + how;
}

static int wait_as(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  note(*(const char *)thread->arg);
  return GV_OK;
}

static struct gv_greenlet *waiter(const char *name) {
  return spawn(wait_as, (void *)name);
}

/* ---- the order ---- */

static void shouldRunOneThatWasPostedWhereItWouldHadItBeenMadeReady(void) {
  begin();
  struct gv_greenlet *a = waiter("a"), *b = waiter("b"), *c = waiter("c"), *d = waiter("d");
  check_equal(gv_hub_ready(hub, a), 1);
  post(b, 0);
  check_equal(gv_hub_ready(hub, c), 1);
  post(d, 0);
  run_until_idle();
  check_text(trace, "abcd");
}

static void shouldRunOneThatWasPostedToBeNextBeforeThoseThatAreReady(void) {
  begin();
  struct gv_greenlet *a = waiter("a"), *b = waiter("b"), *c = waiter("c"), *d = waiter("d");
  check_equal(gv_hub_ready(hub, a), 1);
  post(b, GV_POST_NEXT);
  check_equal(gv_hub_ready_next(hub, c), 1);
  post(d, GV_POST_NEXT);
  run_until_idle();
  check_text(trace, "dcba");
}

static void shouldKeepItsPlaceAmongCallbacks(void) {
  begin();
  struct gv_greenlet *a = waiter("a"), *b = waiter("b");
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
  post(a, 0);
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
  post(b, 0);
  run_until_idle();
  check_text(trace, "!a!b");
}

static void shouldCountAsPending(void) {
  begin();
  struct gv_greenlet *a = waiter("a");
  post(a, 0);
  check_equal(gv_hub_pending_count(hub), 1);
  check_equal(*gv_hub_post(hub), 0);
  check_equal(gv_hub_ready(hub, a), 0);
  run_until_idle();
  check_text(trace, "a");
}

static void shouldTellThatItIsReadyAlready(void) {
  begin();
  struct gv_greenlet *a = waiter("a");
  post(a, 0);
  check_equal(gv_hub_ready(hub, a), 0);
  post(a, GV_POST_NEXT);
  check_equal(gv_hub_pending_count(hub), 1);
  run_until_idle();
  check_text(trace, "a");
}

/* ---- whoever leaves his stack looks ---- */

static struct gv_greenlet *other;

static int post_and_wait(struct thread *thread) {
  post(other, 0);
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  return GV_OK;
}

static int post_and_yield(struct thread *thread) {
  post(other, 0);
  check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK);
  note('1');
  return GV_OK;
}

static int post_and_sleep(struct thread *thread) {
  post(other, 0);
  check_equal(gv_hub_sleep(hub, thread->greenlet, 1, 1), GV_OK);
  note('2');
  return GV_OK;
}

static int post_and_wait_for_timer(struct thread *thread) {
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, 1, 0), GV_OK);
  post(other, 0);
  check_equal(gv_hub_wait_for(hub, thread->greenlet, timer), GV_TIMEOUT);
  gv_watcher_free(timer);
  note('3');
  return GV_OK;
}

static int post_and_go_away(struct thread *thread) {
  post(other, 0);
  check_equal(gv_hub_leave(hub, thread->greenlet), GV_OK);
  check_equal(gv_hub_return(hub, thread->greenlet), GV_OK);
  note('4');
  return GV_OK;
}

/* Straight to the one that was posted: main, which comes back only when it has ended, isn't in gv_hub_run. */
static void shouldBeRunByWhoeverSwitchesOut(void) {
  begin();
  int (*const bodies[])(struct thread *) = {post_and_wait, post_and_yield, post_and_sleep, post_and_wait_for_timer,
                                            post_and_go_away};
  check_equal(gv_hub_set_interval(hub, INT64_MAX), GV_OK);
  struct gv_greenlet *first = NULL;
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    begin();
    other = waiter("o");
    struct gv_greenlet *poster = spawn(bodies[i], NULL);
    first = i == 0 ? poster : first;
    check(trace[0] == 'o');
    run_until_idle();
  }
  check_equal(gv_hub_ready(hub, first), 1);
  run_until_idle();
}

/* Before it waits itself, by a greenlet that was entered in between. */
static int wait_having_been_posted(struct thread *thread) {
  post(thread->greenlet, 0);
  return wait_as(thread);
}

static void shouldNotWaitWhoWasPostedBefore(void) {
  begin();
  check_equal(gv_hub_set_interval(hub, INT64_MAX), GV_OK);
  spawn(wait_having_been_posted, "a");
  check_text(trace, "a");
}

/* ---- in vain ---- */

static int wait_twice(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_ESTRAY);
  note('x');
  return wait_as(thread);
}

static void shouldBeForgottenWhenItIsSwitchedTo(void) {
  begin();
  struct gv_greenlet *a = spawn(wait_twice, "a");
  post(a, 0);
  check_equal(greenlet_switch(&family->main, a), GV_OK);
  check_equal(*gv_hub_post(hub), 0);
  run_until_idle();
  check_text(trace, "x");
  check_equal(gv_hub_ready(hub, a), 1);
  run_until_idle();
  check_text(trace, "xa");
}

static int be_released(struct thread *thread) {
  return gv_hub_wait(hub, thread->greenlet);
}

static void shouldNotOutliveItsHub(void) {
  begin();
  post(spawn(be_released, NULL), 0);
  gv_hub_detach(hub);
  check_equal(*gv_hub_post(hub), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldRunOneThatWasPostedWhereItWouldHadItBeenMadeReady),
      promise(shouldRunOneThatWasPostedToBeNextBeforeThoseThatAreReady),
      promise(shouldKeepItsPlaceAmongCallbacks),
      promise(shouldCountAsPending),
      promise(shouldTellThatItIsReadyAlready),
      promise(shouldBeRunByWhoeverSwitchesOut),
      promise(shouldNotWaitWhoWasPostedBefore),
      promise(shouldBeForgottenWhenItIsSwitchedTo),
      promise(shouldNotOutliveItsHub),
  };
  return run_over_both(tests);
}
