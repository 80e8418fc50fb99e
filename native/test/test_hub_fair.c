/*
 * What a hub gives its turns to: callbacks of Java in their order and in small batches, timers and descriptors in spite
 * of greenlets that are always ready, and other threads that wake it.
 */
#include "hubs.h"

static const int64_t MS = 1000000; /* ns */

/* ---- callbacks ---- */

/* Java's callbacks carry their number in the order of their start. */
static int callbacks_run, greenlets_run;
static int on_callback_add;

static void run_callbacks(int32_t number, int32_t value) {
  if (number != GV_BATCH_CALLBACKS)
    return;
  check(value >= 1 && value <= GV_BATCH_MAX);
  callbacks_run += value;
  if (on_callback_add > 0) {
    on_callback_add--;
    check_equal(gv_hub_callbacks(hub, 1), GV_OK);
  }
}

static int expect_callbacks(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  check_equal(callbacks_run, *(int *)thread->arg);
  greenlets_run++;
  return GV_OK;
}

static void begin(void) {
  callbacks_run = greenlets_run = on_callback_add = 0;
  on_news = run_callbacks;
}

static void shouldRunCallbacksAndGreenletsInTheOrderInWhichTheyCame(void) {
  begin();
  int three = 3, five = 5;
  struct gv_greenlet *one = spawn(expect_callbacks, &three), *other = spawn(expect_callbacks, &five);
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
  check_equal(gv_hub_callbacks(hub, 2), GV_OK);
  check_equal(gv_hub_ready(hub, one), 1);
  check_equal(gv_hub_callbacks(hub, 2), GV_OK);
  check_equal(gv_hub_ready(hub, other), 1);
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
  check_equal(gv_hub_pending_count(hub), 8);
  run_until_idle();
  check_equal(callbacks_run, 6);
  check_equal(greenlets_run, 2);
  check_equal(gv_hub_pending_count(hub), 0);
}

static void shouldNotGiveOutMoreThanABatch(void) {
  begin();
  check_equal(gv_hub_callbacks(hub, 100000), GV_OK);
  run_until_idle();
  check_equal(callbacks_run, 100000);
}

static void shouldRunCallbacksThatWereAddedMeanwhile(void) {
  begin();
  int all = 1 + 50;
  on_callback_add = 50;
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
  run_until_idle();
  check_equal(callbacks_run, all);
}

static void shouldRunCallbacksThatWereAddedMeanwhileAfterWhatWasThere(void) {
  begin();
  int ten = 10;
  on_callback_add = 3;
  struct gv_greenlet *greenlet = spawn(expect_callbacks, &ten);
  check_equal(gv_hub_callbacks(hub, 10), GV_OK);
  check_equal(gv_hub_ready(hub, greenlet), 1);
  check_equal(gv_hub_set_interval(hub, INT64_MAX), GV_OK); /* so that the ten come in one batch */
  run_until_idle();
  check_equal(greenlets_run, 1);
  check_equal(callbacks_run, 13);
}

static void shouldRefuseACountThatMakesNoSense(void) {
  check_equal(gv_hub_callbacks(hub, -1), GV_EINVAL);
  check_equal(gv_hub_callbacks(hub, 0), GV_OK);
  check_equal(gv_hub_pending_count(hub), 0);
  check_equal(gv_hub_set_interval(hub, -1), GV_EINVAL);
  run_until_idle();
}

static void shouldLeaveNothingWhereCallbacksWaitAtTheEnd(void) { /* as the leak check sees */
  check_equal(gv_hub_callbacks(hub, 1), GV_OK);
}

/* ---- those who are always ready ---- */

enum { SPINNERS = 3, MOST_TURNS = 100000 };

static bool fired;
static int64_t due;
static long turns_since; /* turns of spinners since there was something to be told */
static int spoken_on;

static void stop_spinning(int32_t number, int32_t value) {
  (void)value;
  if (number == 1)
    fired = true;
}

static int spin(struct thread *thread) {
  for (int i = 0; !fired; i++) {
    if (thread->number == 0 && i == 10 && spoken_on >= 0) {
      say(spoken_on);
      due = 0;
    }
    if (clock_now() >= due)
      turns_since++;
    check(turns_since < MOST_TURNS);
    check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK);
  }
  return GV_OK;
}

static void spin_until_fired(gv_watcher *watcher, int64_t at, int fd) {
  fired = false;
  on_news = stop_spinning;
  turns_since = 0;
  spoken_on = fd;
  due = at;
  for (int i = 0; i < SPINNERS; i++)
    spawn(spin, NULL);
  while (!fired)
    check_equal(run(GV_RUN_ONCE), 0);
  gv_watcher_stop(watcher);
  run_until_idle();
}

static void shouldNotLetSpinnersStarveATimer(void) {
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, MS, 0), GV_OK);
  fired = true; /* those who start have one turn each */
  check_equal(gv_watcher_start(timer), GV_OK);
  spin_until_fired(timer, gv_watcher_at(timer), -1);
}

static void shouldNotLetSpinnersStarveADescriptor(void) {
  int pair[2];
  open_pair(pair);
  gv_watcher *reader = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_set_io(reader, pair[0], GV_READ), GV_OK);
  check_equal(gv_watcher_start(reader), GV_OK);
  spin_until_fired(reader, INT64_MAX, pair[1]);
  check_equal(value_of(1), GV_READ);
  gv_watcher_free(reader);
  close_pair(pair);
}

static void shouldPollBetweenAnyTwoTurnsWithoutAnInterval(void) {
  check_equal(gv_hub_set_interval(hub, 0), GV_OK);
  int64_t before = gv_hub_iteration(hub);
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, MS, 0), GV_OK);
  check_equal(gv_watcher_start(timer), GV_OK);
  spin_until_fired(timer, gv_watcher_at(timer), -1);
  check(turns_since <= 4 * SPINNERS);
  check(gv_hub_iteration(hub) > before);
}

enum { TALKERS = 200 }; /* more than run before the first look at the clock */

static int talkers[TALKERS][2];
static int heard;

static void hear_talker(int32_t number, int32_t value) {
  check_equal(value, GV_READ);
  hear(talkers[number - 1][0]);
  heard++;
}

/* Each would be told of again by each poll until it has its turn. */
static void shouldNotPollAnewBeforeAllHaveHadTheirTurnWhoHadNews(void) {
  gv_watcher *readers[TALKERS];
  check_equal(gv_hub_set_interval(hub, 0), GV_OK);
  on_news = hear_talker;
  heard = 0;
  for (int i = 0; i < TALKERS; i++) {
    open_pair(talkers[i]);
    readers[i] = gv_watcher_new(hub, GV_IO, i + 1);
    check_equal(gv_watcher_set_io(readers[i], talkers[i][0], GV_READ), GV_OK);
    check_equal(gv_watcher_start(readers[i]), GV_OK);
    say(talkers[i][1]);
  }
  int64_t before = gv_hub_iteration(hub);
  while (heard < TALKERS)
    check_equal(run(GV_RUN_ONCE), 0);
  check(gv_hub_iteration(hub) - before < TALKERS / 4);
  for (int i = 0; i < TALKERS; i++) {
    check_equal(times(i + 1), 1);
    gv_watcher_free(readers[i]);
    close_pair(talkers[i]);
  }
}

/* ---- others that wake it ---- */

enum { CALLERS = 8 };

static struct {
  _Atomic long posted; /* by all */
  long taken;
  int rounds;
} inbox;

static void *post(void *unused) {
  (void)unused;
  for (int i = 0; i < inbox.rounds; i++) {
    inbox.posted++;
    gv_hub_wake(hub);
    if (i % 16 == 0)
      sched_yield(); /* so that the hub falls asleep now and then */
  }
  return NULL;
}

static void take_posts(int32_t number, int32_t value) {
  if (number != GV_BATCH_INBOX)
    return;
  check_equal(value, 0);
  inbox.taken = atomic_load(&inbox.posted);
}

static void shouldLoseNoCallOfOtherThreads(void) {
  inbox.posted = 0;
  inbox.taken = 0;
  inbox.rounds = scaled(20000);
  on_news = take_posts;
  gv_hub_ref(hub, 1);
  pthread_t ids[CALLERS];
  for (int i = 0; i < CALLERS; i++)
    check_equal(pthread_create(&ids[i], NULL, post, NULL), 0);
  while (inbox.taken < (long)CALLERS * inbox.rounds) { /* a lost one: the watchdog tells */
    forget_news();
    run_until(GV_BATCH_INBOX, 1);
  }
  for (int i = 0; i < CALLERS; i++)
    pthread_join(ids[i], NULL);
  gv_hub_ref(hub, -1);
  run_until_idle();
}

static int64_t calls_written(void) {
  int64_t count = 0;
  ssize_t got = read(hub->watchers.wake.fd, &count, sizeof count);
  check(got == sizeof count || errno == EAGAIN);
  return count;
}

static void wake_often(void *unused) {
  (void)unused;
  for (int i = 0; i < 1000; i++)
    gv_hub_wake(hub);
}

static void shouldMakeNoSystemCallToWakeOneThatIsAwake(void) {
  on_thread(wake_often, NULL);
  check_equal(calls_written(), 0);
  run_until_idle();
  check_equal(times(GV_BATCH_INBOX), 1);
}

static void shouldNotFallAsleepWithACallThatItHasNotHeard(void) {
  int64_t before = clock_now();
  gv_hub_wake(hub);
  watchers_poll(&hub->watchers, true);
  check(clock_now() - before < 30000 * MS); /* libev looks around after a minute, libuv never */
  run_until_idle();
  check_equal(times(GV_BATCH_INBOX), 1);
}

static void wake_often_when_asleep(void *unused) {
  (void)unused;
  while (!atomic_load(&hub->watchers.wake.sleeping))
    sched_yield();
  wake_often(NULL);
}

static void shouldBeWokenByOneCallOfMany(void) {
  gv_hub_ref(hub, 1);
  pthread_t id;
  struct call call = {wake_often_when_asleep, NULL};
  int64_t before = gv_hub_iteration(hub);
  check_equal(pthread_create(&id, NULL, call_main, &call), 0);
  run_until(GV_BATCH_INBOX, 1);
  pthread_join(id, NULL);
  check_equal(gv_hub_iteration(hub), before + 1);
  check(calls_written() <= 1); /* none, unless the first was written while the hub woke of itself */
  gv_hub_ref(hub, -1);
  run_until_idle();
}

static void shouldNotBeIdleWithACallInItsInbox(void) {
  gv_hub_wake(hub);
  check_equal(gv_hub_run(hub, GV_RUN_ALL), 1);
  check_equal(gv_hub_batch(hub)[0], GV_BATCH_INBOX);
  run_until_idle();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldRunCallbacksAndGreenletsInTheOrderInWhichTheyCame),
      promise(shouldNotGiveOutMoreThanABatch),
      promise(shouldRunCallbacksThatWereAddedMeanwhile),
      promise(shouldRunCallbacksThatWereAddedMeanwhileAfterWhatWasThere),
      promise(shouldRefuseACountThatMakesNoSense),
      promise(shouldLeaveNothingWhereCallbacksWaitAtTheEnd),
      promise(shouldNotLetSpinnersStarveATimer),
      promise(shouldNotLetSpinnersStarveADescriptor),
      promise(shouldPollBetweenAnyTwoTurnsWithoutAnInterval),
      promise(shouldNotPollAnewBeforeAllHaveHadTheirTurnWhoHadNews),
      promise(shouldLoseNoCallOfOtherThreads),
      promise(shouldMakeNoSystemCallToWakeOneThatIsAwake),
      promise(shouldNotFallAsleepWithACallThatItHasNotHeard),
      promise(shouldBeWokenByOneCallOfMany),
      promise(shouldNotBeIdleWithACallInItsInbox),
  };
  return run_over_both(tests);
}
