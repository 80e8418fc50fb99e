/*
 * A hub: greenlets wait in it, become ready, and run in the order in which they became so.
 */
#include "hubs.h"

enum { YIELDERS = 5, ROUNDS = 200 };

static int trace[YIELDERS * ROUNDS];
static int traced;

static void note(int what) {
  check(traced < YIELDERS * ROUNDS);
  trace[traced++] = what;
}

/* ---- those who yield ---- */

static int yield_in_rounds(struct thread *thread) {
  for (int i = 0; i < ROUNDS; i++) {
    note(thread->number);
    check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK);
  }
  return GV_OK;
}

static void shouldRunYieldersInTurns(void) {
  traced = 0;
  check_equal(gv_hub_set_interval(hub, INT64_MAX), GV_OK);
  for (int i = 0; i < YIELDERS; i++)
    spawn(yield_in_rounds, NULL);
  run_until_idle();
  check_equal(traced, YIELDERS * ROUNDS);
  /* The first one had all its turns while nobody else was there. */
  for (int i = 0; i < ROUNDS; i++)
    check_equal(trace[i], 0);
}

static int wait_then_yield(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  return yield_in_rounds(thread);
}

static void shouldRunEachOnceBeforeAnyRunsTwice(void) {
  traced = 0;
  struct gv_greenlet *yielders[YIELDERS];
  for (int i = 0; i < YIELDERS; i++)
    yielders[i] = spawn(wait_then_yield, NULL);
  for (int i = 0; i < YIELDERS; i++)
    check_equal(gv_hub_ready(hub, yielders[YIELDERS - 1 - i]), 1);
  run_until_idle();
  check_equal(traced, YIELDERS * ROUNDS);
  for (int i = 0; i < traced; i++)
    check_equal(trace[i], YIELDERS - 1 - i % YIELDERS);
}

/* Main isn't in gv_hub_run, so that it would be seen to come back in between. */
static void shouldSwitchStraightToTheNextThatIsReady(void) {
  traced = 0;
  check_equal(gv_hub_set_interval(hub, INT64_MAX), GV_OK);
  struct gv_greenlet *one = spawn(wait_then_yield, NULL), *other = spawn(wait_then_yield, NULL);
  check_equal(gv_hub_ready(hub, one), 1);
  check_equal(gv_hub_ready(hub, other), 1);
  spawn(yield_in_rounds, NULL);
  check_equal(traced, 3 * ROUNDS); /* the first to end comes back to main */
  run_until_idle();
}

/* ---- to wait, and to be ready ---- */

static int wait_once(struct thread *thread) {
  check_equal(gv_hub_ready(hub, thread->greenlet), 0);
  int status = gv_hub_wait(hub, thread->greenlet);
  check_equal(gv_hub_ready(hub, thread->greenlet), 0);
  check_equal(status, GV_OK);
  *(int *)thread->arg = 1;
  return GV_OK;
}

static void shouldRunWhoWaitsOnlyWhenItIsReady(void) {
  int came = 0;
  struct gv_greenlet *waiter = spawn(wait_once, &came);
  check_equal(run(GV_RUN_ALL), GV_EIDLE);
  check_equal(came, 0);
  check_equal(gv_hub_pending_count(hub), 0);
  check_equal(gv_hub_ready(hub, waiter), 1);
  check_equal(gv_hub_pending_count(hub), 1);
  check_equal(came, 0);
  check_equal(gv_hub_ready(hub, waiter), 0);
  check_equal(gv_hub_pending_count(hub), 1);
  run_until_idle();
  check_equal(came, 1);
  check_equal(gv_hub_ready(hub, &family->main), 0);
  check_equal(gv_hub_pending_count(hub), 0);
}

static struct gv_greenlet *partner;

static int make_partner_ready(struct thread *thread) {
  check_equal(gv_hub_ready(hub, partner), 1);
  note(1);
  check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK);
  note(3);
  return GV_OK;
}

static int note_when_woken(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  note(2);
  return GV_OK;
}

static void shouldGoOnWithWhoeverMadeAnotherReady(void) {
  traced = 0;
  partner = spawn(note_when_woken, NULL);
  spawn(make_partner_ready, NULL);
  run_until_idle();
  check_equal(traced, 3);
  for (int i = 0; i < 3; i++)
    check_equal(trace[i], i + 1);
}

static int note_number_when_woken(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  note(thread->number);
  return GV_OK;
}

static void shouldRunOneThatIsToGoOnNextBeforeThoseThatAreReady(void) {
  traced = 0;
  struct gv_greenlet *waiters[4];
  for (int i = 0; i < 4; i++)
    waiters[i] = spawn(note_number_when_woken, NULL);
  check_equal(gv_hub_ready(hub, waiters[0]), 1);
  check_equal(gv_hub_ready(hub, waiters[1]), 1);
  check_equal(gv_hub_ready_next(hub, waiters[2]), 1);
  check_equal(gv_hub_ready_next(hub, waiters[3]), 1);
  check_equal(gv_hub_ready_next(hub, waiters[0]), 0);
  run_until_idle();
  check_equal(traced, 4);
  const int order[] = {3, 2, 0, 1};
  for (int i = 0; i < 4; i++)
    check_equal(trace[i], order[i]);
}

/* ---- who may not ---- */

static gv_watcher *some_timer;

static void be_refused(void *waiter) {
  struct gv_greenlet *main = &family->main;
  check_equal(gv_hub_wait(hub, waiter), GV_ETHREAD);
  check_equal(gv_hub_yield(hub, waiter), GV_ETHREAD);
  check_equal(gv_hub_sleep(hub, waiter, 1, 1), GV_ETHREAD);
  check_equal(gv_hub_wait_for(hub, waiter, some_timer), GV_ETHREAD);
  check_equal(gv_hub_leave(hub, waiter), GV_ETHREAD);
  check_equal(gv_hub_return(hub, waiter), GV_ETHREAD);
  check_equal(gv_hub_wait(hub, main), GV_ETHREAD);
  check_equal(gv_hub_ready(hub, waiter), GV_ETHREAD);
  check_equal(gv_hub_ready_next(hub, waiter), GV_ETHREAD);
  check_equal(gv_hub_run(hub, GV_RUN_NOWAIT), GV_ETHREAD);
  check_equal(gv_hub_callbacks(hub, 1), GV_ETHREAD);
  check_equal(gv_hub_pending_count(hub), GV_ETHREAD);
  check_equal(gv_hub_ref(hub, 1), GV_ETHREAD);
  check_equal(gv_hub_attach(hub, main), GV_ETHREAD);
  check(gv_watcher_new(hub, GV_TIMER, 1) == NULL);
  check_equal(gv_watcher_start(some_timer), GV_ETHREAD);
  check_equal(gv_watcher_stop(some_timer), GV_ETHREAD);
  check_equal(gv_watcher_again(some_timer), GV_ETHREAD);
  check_equal(gv_watcher_feed(some_timer, 1), GV_ETHREAD);
  check_equal(gv_watcher_set_ref(some_timer, 0), GV_ETHREAD);
  check_equal(gv_watcher_set_priority(some_timer, 0), GV_ETHREAD);
  check_equal(gv_watcher_set_timer(some_timer, 0, 0), GV_ETHREAD);
}

static void shouldRefuseAnotherThread(void) {
  int came = 0;
  some_timer = gv_watcher_new(hub, GV_TIMER, 1);
  struct gv_greenlet *waiter = spawn(wait_once, &came);
  on_thread(be_refused, waiter);
  run_until_idle();
  check_equal(came, 0); /* nothing has come of it */
  check_equal(gv_hub_ready(hub, waiter), 1);
  run_until_idle();
  check_equal(came, 1);
}

static void shouldNotLetTheRunnerWaitForItself(void) {
  struct gv_greenlet *runner = &family->main;
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_hub_wait(hub, runner), GV_EHUB);
  check_equal(gv_hub_yield(hub, runner), GV_EHUB);
  check_equal(gv_hub_sleep(hub, runner, 0, 1), GV_EHUB);
  check_equal(gv_hub_wait_for(hub, runner, timer), GV_EHUB);
  check_equal(gv_hub_leave(hub, runner), GV_EHUB);
  check(!gv_watcher_is_active(timer));
  run_until_idle();
}

static int run_in_vain(struct thread *thread) {
  (void)thread;
  check_equal(gv_hub_run(hub, GV_RUN_NOWAIT), GV_ETHREAD);
  return GV_OK;
}

static void shouldBeRunByItsRunnerAlone(void) {
  spawn(run_in_vain, NULL);
}

static void shouldTakeOneHubForAFamilyAndOneRunnerForAHub(void) {
  int32_t status;
  gv_hub *other = gv_hub_new(loop_name, NULL, &status);
  check_equal(gv_hub_attach(other, &family->main), GV_EINVAL);
  check_equal(gv_hub_attach(hub, &family->main), GV_ETHREAD);
  check_equal(gv_hub_run(other, GV_RUN_ALL), GV_EIDLE); /* it goes on without a runner */
  gv_hub_free(other);
}

static void shouldSayWhyThereIsNoHub(void) {
  int32_t status = 0;
  check(gv_hub_new("libfoo", NULL, &status) == NULL);
  check_equal(status, GV_EINVAL);
  check(gv_hub_new(NULL, NULL, &status) == NULL);
  check_equal(status, GV_EINVAL);
  check(gv_hub_new(loop_name, "foo", &status) == NULL);
  check_equal(status, GV_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldRunYieldersInTurns),
      promise(shouldRunEachOnceBeforeAnyRunsTwice),
      promise(shouldSwitchStraightToTheNextThatIsReady),
      promise(shouldRunWhoWaitsOnlyWhenItIsReady),
      promise(shouldGoOnWithWhoeverMadeAnotherReady),
      promise(shouldRunOneThatIsToGoOnNextBeforeThoseThatAreReady),
      promise(shouldRefuseAnotherThread),
      promise(shouldNotLetTheRunnerWaitForItself),
      promise(shouldBeRunByItsRunnerAlone),
      promise(shouldTakeOneHubForAFamilyAndOneRunnerForAHub),
      promise(shouldSayWhyThereIsNoHub),
  };
  return run_over_both(tests);
}
