/*
 * Those who sleep in a hub, and those whom somebody switches to who didn't wake them: they leave nothing behind.
 */
#include "hubs.h"

enum { SLEEPERS = 6 };
static const int64_t MS = 1000000, HOUR = INT64_C(3600000000000);

static int woken[SLEEPERS];
static int woken_count;
static int64_t lengths[SLEEPERS];

static int sleep_and_note(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK); /* until all of them are there */
  int64_t length = lengths[thread->number], before = clock_now();
  check_equal(gv_hub_sleep(hub, thread->greenlet, length, 1), GV_OK);
  check(clock_now() - before >= length);
  woken[woken_count++] = thread->number;
  return GV_OK;
}

static void sleep_all(const int64_t *wishes, const int *order) {
  woken_count = 0;
  for (int i = 0; i < SLEEPERS; i++)
    lengths[i] = wishes[i];
  struct gv_greenlet *sleepers[SLEEPERS];
  for (int i = 0; i < SLEEPERS; i++)
    sleepers[i] = spawn(sleep_and_note, NULL);
  for (int i = 0; i < SLEEPERS; i++)
    check_equal(gv_hub_ready(hub, sleepers[i]), 1);
  run_until_idle();
  check_equal(woken_count, SLEEPERS);
  for (int i = 0; i < SLEEPERS; i++)
    check_equal(woken[i], order[i]);
}

/* Far enough apart for a machine that has other things to do while they start. */
static void shouldWakeSleepersInTheOrderOfTheirDeadlines(void) {
  sleep_all((int64_t[]){250 * MS, 50 * MS, 300 * MS, 100 * MS, 200 * MS, 150 * MS}, (int[]){1, 3, 5, 4, 0, 2});
}

static void shouldWakeThoseWhoSleepEquallyLongInTheOrderOfTheirStart(void) {
  sleep_all((int64_t[]){MS, MS, MS, MS, MS, MS}, (int[]){0, 1, 2, 3, 4, 5});
}

static void shouldWakeAtOnceWhereThereIsNothingToSleep(void) {
  sleep_all((int64_t[]){0, -1, INT64_MIN, 0, -HOUR, 0}, (int[]){0, 1, 2, 3, 4, 5});
}

/* ---- what keeps a hub from being idle ---- */

static int sleep_unless_woken(struct thread *thread) {
  int64_t *length = thread->arg;
  check_equal(gv_hub_sleep(hub, thread->greenlet, *length, 0), GV_OK);
  woken_count++;
  return GV_OK;
}

static void shouldBeIdleWithASleeperWithoutRef(void) {
  woken_count = 0;
  int64_t lengths[] = {HOUR, INT64_MAX};
  for (int i = 0; i < 2; i++) {
    struct gv_greenlet *sleeper = spawn(sleep_unless_woken, &lengths[i]);
    check_equal(gv_hub_ref(hub, 0), 0);
    run_until_idle();
    check_equal(woken_count, i);
    check_equal(gv_hub_ready(hub, sleeper), 1);
    run_until_idle();
    check_equal(woken_count, i + 1);
    check(timers_first(&hub->watchers.timers) == NULL);
  }
}

static int sleep_for_an_hour(struct thread *thread) {
  *(int *)thread->arg = gv_hub_sleep(hub, thread->greenlet, HOUR, 1);
  return GV_OK;
}

static void shouldNotBeIdleWithASleeper(void) {
  int status = 1;
  struct gv_greenlet *sleeper = spawn(sleep_for_an_hour, &status);
  check_equal(gv_hub_ref(hub, 0), 1);
  check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_equal(gv_hub_ready(hub, sleeper), 1);
  run_until_idle();
  check_equal(status, GV_OK);
  check_equal(gv_hub_ref(hub, 0), 0);
}

/* ---- those whom somebody switches to ---- */

static int wait_and_say(struct thread *thread) {
  *(int *)thread->arg = gv_hub_wait(hub, thread->greenlet);
  return GV_OK;
}

static void shouldTellOneThatWasSwitchedToFromOneThatWasWoken(void) {
  int status = 1;
  struct gv_greenlet *waiter = spawn(wait_and_say, &status);
  check_equal(gv_switch(&family->main, waiter), GV_OK);
  check_equal(status, GV_ESTRAY);
  check_equal(gv_hub_pending_count(hub), 0);
  run_until_idle();
}

static void shouldTakeOneThatWasSwitchedToOutOfTheReadyQueue(void) {
  int statuses[] = {1, 1, 1};
  struct gv_greenlet *waiters[3];
  for (int i = 0; i < 3; i++)
    waiters[i] = spawn(wait_and_say, &statuses[i]);
  for (int i = 0; i < 3; i++)
    check_equal(gv_hub_ready(hub, waiters[i]), 1);
  check_equal(gv_switch(&family->main, waiters[1]), GV_OK); /* at its end it comes back to main */
  check_equal(statuses[1], GV_ESTRAY);
  check_equal(gv_hub_pending_count(hub), 2);
  run_until_idle();
  check_equal(statuses[0], GV_OK);
  check_equal(statuses[2], GV_OK);
}

static void shouldForgetTheTimerOfOneThatWasSwitchedTo(void) {
  int status = 1;
  struct gv_greenlet *sleeper = spawn(sleep_for_an_hour, &status);
  check(timers_first(&hub->watchers.timers) != NULL);
  check_equal(gv_switch(&family->main, sleeper), GV_OK);
  check_equal(status, GV_ESTRAY);
  check(timers_first(&hub->watchers.timers) == NULL);
  check_equal(gv_hub_ref(hub, 0), 0);
  run_until_idle();
}

static int wait_for_watcher(struct thread *thread) {
  gv_watcher *watcher = *(gv_watcher **)thread->arg;
  check_equal(gv_hub_wait_for(hub, thread->greenlet, watcher), GV_ESTRAY);
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_ESTRAY); /* it may wait again at once */
  check_equal(gv_hub_wait_for(hub, thread->greenlet, watcher), GV_TIMEOUT);
  return GV_OK;
}

static void shouldStopTheWatcherOfOneThatWasSwitchedTo(void) {
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, HOUR, 0), GV_OK);
  struct gv_greenlet *waiter = spawn(wait_for_watcher, &timer);
  check(gv_watcher_is_active(timer));
  check_equal(gv_switch(&family->main, waiter), GV_OK);
  check(!gv_watcher_is_active(timer));
  check_equal(gv_hub_active_count(hub), 0);
  check_equal(gv_hub_ref(hub, 0), 0);
  check_equal(gv_watcher_set_timer(timer, MS, 0), GV_OK);
  check_equal(gv_switch(&family->main, waiter), GV_OK);
  check(gv_watcher_is_active(timer));
  run_until_idle();
  check(!gv_watcher_is_active(timer));
  check_equal(news_count, 0); /* the greenlet had them */
}

static int sleep_a_little(struct thread *thread) {
  *(int *)thread->arg = gv_hub_sleep(hub, thread->greenlet, 1, 1);
  return GV_OK;
}

/* Its time has come, and it stands among what the poll found. */
static void shouldForgetOneThatWasSwitchedToWhenItsTimeHadCome(void) {
  int statuses[] = {1, 1};
  struct gv_greenlet *first = spawn(sleep_a_little, &statuses[0]);
  spawn(sleep_a_little, &statuses[1]);
  while (clock_now() < timers_first(&hub->watchers.timers)->at + 1000)
    ;
  watchers_poll(&hub->watchers, false);
  check_equal(gv_switch(&family->main, first), GV_OK);
  check_equal(statuses[0], GV_ESTRAY);
  run_until_idle();
  check_equal(statuses[1], GV_OK);
}

/* Somebody wakes it, its time comes, and the loop is asked, all before its turn. */
static void shouldGiveOneTurnToASleeperThatIsWokenAndDue(void) {
  int statuses[] = {1, 1};
  struct gv_greenlet *sleeper = spawn(sleep_a_little, &statuses[0]);
  struct gv_greenlet *other = spawn(wait_and_say, &statuses[1]);
  check_equal(gv_hub_ready(hub, sleeper), 1);
  check_equal(gv_hub_ready(hub, other), 1);
  while (clock_now() < timers_first(&hub->watchers.timers)->at + 1000)
    ;
  watchers_poll(&hub->watchers, false);
  struct queue *first = hub->ready.next, *second = first->next;
  check(second->previous == first && second->next == &hub->ready && hub->ready.previous == second);
  run_until_idle();
  check_equal(statuses[0], GV_OK);
  check_equal(statuses[1], GV_OK);
  check_equal(gv_hub_pending_count(hub), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldWakeSleepersInTheOrderOfTheirDeadlines),
      promise(shouldWakeThoseWhoSleepEquallyLongInTheOrderOfTheirStart),
      promise(shouldWakeAtOnceWhereThereIsNothingToSleep),
      promise(shouldBeIdleWithASleeperWithoutRef),
      promise(shouldNotBeIdleWithASleeper),
      promise(shouldTellOneThatWasSwitchedToFromOneThatWasWoken),
      promise(shouldTakeOneThatWasSwitchedToOutOfTheReadyQueue),
      promise(shouldForgetTheTimerOfOneThatWasSwitchedTo),
      promise(shouldStopTheWatcherOfOneThatWasSwitchedTo),
      promise(shouldForgetOneThatWasSwitchedToWhenItsTimeHadCome),
      promise(shouldGiveOneTurnToASleeperThatIsWokenAndDue),
  };
  return run_over_both(tests);
}
