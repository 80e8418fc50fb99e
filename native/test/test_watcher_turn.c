/*
 * What belongs to a turn of the hub: prepare, check and idle watchers, timers, and the modes of a run.
 */
#include "hubs.h"

static const int64_t MS = 1000000, HOUR = INT64_C(3600000000000);

enum { PREPARE = 1, CHECK, IDLE, TIMER, ASYNC };

static gv_watcher *start(int kind, int number) {
  gv_watcher *watcher = gv_watcher_new(hub, kind, number);
  check_equal(gv_watcher_start(watcher), GV_OK);
  return watcher;
}

static gv_watcher *start_timer(int64_t after, int64_t repeat, int number) {
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, number);
  check_equal(gv_watcher_set_timer(timer, after, repeat), GV_OK);
  check_equal(gv_watcher_start(timer), GV_OK);
  return timer;
}

/* ---- before and after the poll, and when there was nothing else ---- */

static void shouldPrepareThenPollThenCheck(void) {
  start(GV_PREPARE, PREPARE);
  start(GV_CHECK, CHECK);
  start_timer(0, 0, TIMER);
  int64_t before = gv_hub_iteration(hub);
  check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_text(news_text(), "124");
  check_equal(gv_hub_iteration(hub), before + 1);
  forget_news();
  for (int i = 0; i < 3; i++)
    check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_text(news_text(), "121212");
}

static void shouldPrepareBeforeWhatIsReadyAlready(void) {
  start(GV_PREPARE, PREPARE);
  check_equal(gv_hub_set_interval(hub, 0), GV_OK);
  check_equal(gv_hub_callbacks(hub, 3), GV_OK);
  check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check(news_count >= 2);
  check_equal(times(PREPARE), 1);
}

static void shouldBeIdleOnlyWhenThereWasNothingElse(void) {
  start(GV_IDLE, IDLE);
  start_timer(0, 0, TIMER);
  check_equal(run(GV_RUN_ONCE), 0);
  check_text(news_text(), "4");
  forget_news();
  gv_watcher *async = start(GV_ASYNC, ASYNC);
  gv_watcher_send(async);
  check_equal(run(GV_RUN_ONCE), 0);
  check_text(news_text(), "53"); /* it was told before the turn, which then had nothing */
  forget_news();
  for (int i = 0; i < 3; i++) /* it doesn't wait for news, either */
    check_equal(run(GV_RUN_ONCE), 0);
  check_text(news_text(), "333");
}

static void shouldBeIdleAlthoughItChecks(void) {
  start(GV_CHECK, CHECK);
  start(GV_IDLE, IDLE);
  for (int i = 0; i < 3; i++)
    check_equal(run(GV_RUN_ONCE), 0);
  check_text(news_text(), "232323");
}

static int yield_often(struct thread *thread) {
  for (int i = 0; i < 1000; i++) {
    check_equal(times(IDLE), 0);
    check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK);
  }
  return GV_OK;
}

static void shouldNotBeIdleWhileGreenletsAreReady(void) {
  start(GV_IDLE, IDLE);
  check_equal(gv_hub_set_interval(hub, 0), GV_OK);
  spawn(yield_often, NULL);
  spawn(yield_often, NULL);
  run_until(IDLE, 1);
}

/* ---- timers ---- */

static void shouldFireOnceAfterItsTime(void) {
  int64_t before = clock_now();
  gv_watcher *timer = start_timer(5 * MS, 0, TIMER);
  check(gv_watcher_at(timer) >= before + 5 * MS);
  run_until_idle();
  check(clock_now() >= gv_watcher_at(timer));
  check_text(news_text(), "4");
  check_equal(value_of(TIMER), GV_TIMEOUT);
  check(!gv_watcher_is_active(timer));
  check_equal(gv_watcher_start(timer), GV_OK);
  run_until_idle();
  check_text(news_text(), "44");
}

static void shouldRepeatWithoutDrifting(void) {
  gv_watcher *timer = start_timer(MS, MS, TIMER);
  int64_t first = gv_watcher_at(timer);
  for (int i = 1; i <= 5; i++) {
    run_until(TIMER, i);
    check(gv_watcher_at(timer) >= first + i * MS);
    check(gv_watcher_is_active(timer));
  }
}

static void shouldNotLetATimerOfNoLengthHoldTheHub(void) {
  start_timer(0, 1, TIMER);
  start_timer(MS, 0, CHECK);
  run_until(CHECK, 1);
  check(times(TIMER) >= 1);
}

static void shouldStartAgainWithItsRepeat(void) {
  gv_watcher *timer = start_timer(HOUR, MS, TIMER);
  check_equal(gv_watcher_again(timer), GV_OK);
  check(gv_watcher_at(timer) <= clock_now() + MS);
  run_until(TIMER, 2);
  check_equal(gv_watcher_stop(timer), GV_OK);
  check_equal(gv_watcher_again(timer), GV_OK); /* also one that was stopped */
  check(gv_watcher_is_active(timer));
  check_equal(gv_hub_active_count(hub), 1);
  check_equal(gv_hub_ref(hub, 0), 1);
  run_until(TIMER, 3);
  check_equal(gv_watcher_set_timer(timer, 0, 0), GV_OK);
  check_equal(gv_watcher_again(timer), GV_OK); /* nothing to repeat */
  check(!gv_watcher_is_active(timer));
  run_until_idle();
}

static void shouldFireTimersInTheOrderOfTheirTime(void) {
  start_timer(3 * MS, 0, 3);
  start_timer(MS, 0, 1);
  start_timer(4 * MS, 0, 4);
  gv_watcher *stopped = start_timer(2 * MS, 0, 5);
  start_timer(2 * MS, 0, 2);
  check_equal(gv_watcher_stop(stopped), GV_OK);
  run_until_idle();
  check_text(news_text(), "1234");
}

static void shouldWaitForATimeThatNeverComes(void) {
  gv_watcher *timer = start_timer(INT64_MAX, INT64_MAX, TIMER);
  check(gv_watcher_at(timer) > clock_now() + 1000 * HOUR);
  run_a_little();
  check_equal(gv_watcher_again(timer), GV_OK);
  check(gv_watcher_at(timer) > clock_now() + 1000 * HOUR);
  run_a_little();
  check_equal(news_count, 0);
}

/* An earlier one that comes when the alarm is set, and a later one when it has rung. */
static void shouldWakeForTimersWhateverTheAlarmWasSetTo(void) {
  start_timer(HOUR, 0, 9);
  gv_watcher *early = start_timer(100 * MS, 0, 1);
  start_timer(2 * MS, 0, 2);
  run_until(2, 1);
  check_equal(gv_watcher_stop(early), GV_OK); /* its alarm was set, and rings in vain */
  start_timer(150 * MS, 0, 3);
  run_until(3, 1);
  check_text(news_text(), "23");
}

/* ---- modes ---- */

static void shouldNotWaitWhereItIsToldNotTo(void) {
  start_timer(HOUR, 0, TIMER);
  int64_t before = gv_hub_iteration(hub);
  check_equal(run(GV_RUN_NOWAIT), 0);
  check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_equal(gv_hub_iteration(hub), before + 2);
}

static void shouldEndARunOfOneTurnAlthoughThereIsMore(void) {
  start_timer(0, 1, TIMER);
  for (int i = 1; i <= 5; i++) {
    int64_t before = gv_hub_iteration(hub);
    check_equal(run(GV_RUN_ONCE), 0);
    check_equal(gv_hub_iteration(hub), before + 1);
  }
  check(times(TIMER) >= 4);
}

static void shouldSayThatNothingIsLeft(void) {
  check_equal(gv_hub_run(hub, GV_RUN_ALL), GV_EIDLE);
  check_equal(gv_hub_run(hub, GV_RUN_ONCE), GV_EIDLE);
  check_equal(gv_hub_run(hub, GV_RUN_ONCE | GV_RUN_NOWAIT), GV_EIDLE);
  check_equal(gv_hub_ref(hub, 1), 1);
  check_equal(gv_hub_run(hub, GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_equal(gv_hub_ref(hub, -1), 0);
  check_equal(gv_hub_run(hub, GV_RUN_ALL), GV_EIDLE);
}

static void shouldKnowTheTimeOfItsLastPoll(void) {
  int64_t before = clock_now();
  run_a_little();
  check_equal(gv_hub_ref(hub, 1), 1);
  run_a_little();
  int64_t now = gv_hub_now(hub);
  check(now >= before && now <= clock_now());
  check_equal(gv_hub_now(hub), now);
  check(gv_hub_update_now(hub) >= now);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldPrepareThenPollThenCheck),
      promise(shouldPrepareBeforeWhatIsReadyAlready),
      promise(shouldBeIdleOnlyWhenThereWasNothingElse),
      promise(shouldBeIdleAlthoughItChecks),
      promise(shouldNotBeIdleWhileGreenletsAreReady),
      promise(shouldFireOnceAfterItsTime),
      promise(shouldRepeatWithoutDrifting),
      promise(shouldNotLetATimerOfNoLengthHoldTheHub),
      promise(shouldStartAgainWithItsRepeat),
      promise(shouldFireTimersInTheOrderOfTheirTime),
      promise(shouldWaitForATimeThatNeverComes),
      promise(shouldWakeForTimersWhateverTheAlarmWasSetTo),
      promise(shouldNotWaitWhereItIsToldNotTo),
      promise(shouldEndARunOfOneTurnAlthoughThereIsMore),
      promise(shouldSayThatNothingIsLeft),
      promise(shouldKnowTheTimeOfItsLastPoll),
  };
  return run_over_both(tests);
}
