/*
 * The life cycle that watchers of all kinds share: started and stopped, with news and without.
 */
#include "hubs.h"

#include <sys/stat.h>

enum { KIND_COUNT = GV_FORK + 1 };

static int pair[2];
static pid_t child; /* that goes on until it is killed */
static char path[64];

/* Watchers of each kind that never have news by themselves. */
static gv_watcher *new_watcher(int kind, int number) {
  gv_watcher *watcher = gv_watcher_new(hub, kind, number);
  check(watcher != NULL);
  if (kind == GV_IO)
    check_equal(gv_watcher_set_io(watcher, pair[0], GV_READ), GV_OK);
  if (kind == GV_TIMER)
    check_equal(gv_watcher_set_timer(watcher, INT64_MAX, 0), GV_OK);
  if (kind == GV_SIGNAL)
    check_equal(gv_watcher_set_signal(watcher, SIGUSR1), GV_OK);
  if (kind == GV_CHILD)
    check_equal(gv_watcher_set_child(watcher, child), GV_OK);
  if (kind == GV_STAT)
    check_equal(gv_watcher_set_stat(watcher, path, 0), GV_OK);
  return watcher;
}

static bool is_of_each_turn(int kind) {
  return kind == GV_IDLE || kind == GV_PREPARE || kind == GV_CHECK;
}

static int all_setup(void **state) {
  (void)state;
  open_pair(pair);
  child = fork();
  check(child >= 0);
  if (child == 0) {
    alarm(WATCHDOG_SECONDS);
    for (;;)
      pause();
  }
  strcpy(path, "/tmp/test_watcher_XXXXXX");
  int fd = mkstemp(path);
  check(fd >= 0);
  close(fd);
  return 0;
}

static int all_teardown(void **state) {
  (void)state;
  close_pair(pair);
  kill(child, SIGKILL);
  check_equal(waitpid(child, NULL, 0), child);
  unlink(path);
  return 0;
}

/* ---- start and stop ---- */

static void shouldBeActiveFromStartToStop(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    gv_watcher *watcher = new_watcher(kind, kind);
    for (int round = 0; round < 2; round++) {
      check(!gv_watcher_is_active(watcher));
      check_equal(gv_hub_active_count(hub), 0);
      check_equal(gv_watcher_start(watcher), GV_OK);
      check_equal(gv_watcher_start(watcher), GV_OK); /* harmless */
      check(gv_watcher_is_active(watcher));
      check(!gv_watcher_is_pending(watcher));
      check_equal(gv_hub_active_count(hub), 1);
      check_equal(gv_hub_ref(hub, 0), 1);
      check_equal(gv_watcher_stop(watcher), GV_OK);
      check_equal(gv_watcher_stop(watcher), GV_OK);
      check_equal(gv_hub_ref(hub, 0), 0);
    }
    gv_watcher_free(watcher);
  }
  check_equal(gv_hub_active_count(hub), 0);
  run_until_idle();
  check_equal(news_count, 0);
}

static void shouldNotFireWithoutNews(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++)
    if (!is_of_each_turn(kind))
      check_equal(gv_watcher_start(new_watcher(kind, kind)), GV_OK);
  run_a_little();
  check_equal(news_count, 0);
  check_equal(gv_hub_active_count(hub), KIND_COUNT - 3);
} /* and the hub is freed with all of them */

static void shouldTakeAnActiveOneWithItWhenItIsFreed(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    gv_watcher *watcher = new_watcher(kind, kind);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_watcher_feed(watcher, 0), GV_OK);
    gv_watcher_free(watcher);
    check_equal(gv_hub_active_count(hub), 0);
    check_equal(gv_hub_ref(hub, 0), 0);
  }
  run_until_idle();
  check_equal(news_count, 0);
}

/* ---- what keeps the hub from being idle ---- */

static void shouldKeepTheHubFromBeingIdleUnlessSetOtherwise(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    gv_watcher *watcher = new_watcher(kind, kind);
    check_equal(gv_watcher_set_ref(watcher, 0), GV_OK);
    check_equal(gv_hub_ref(hub, 0), 0);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_hub_ref(hub, 0), 0);
    check_equal(gv_watcher_set_ref(watcher, 1), GV_OK); /* while it is active */
    check_equal(gv_watcher_set_ref(watcher, 1), GV_OK);
    check_equal(gv_hub_ref(hub, 0), 1);
    check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
    check_equal(gv_watcher_set_ref(watcher, 0), GV_OK);
    check_equal(gv_hub_ref(hub, 0), 0);
    check_equal(run(GV_RUN_ALL), GV_EIDLE);
    check(gv_watcher_is_active(watcher));
    check_equal(gv_watcher_stop(watcher), GV_OK);
    check_equal(gv_hub_ref(hub, 0), 0);
    gv_watcher_free(watcher);
  }
}

/* ---- fed ---- */

static void shouldFireOnceWithAllThatItIsFed(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    forget_news();
    gv_watcher *watcher = new_watcher(kind, kind);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_watcher_feed(watcher, 1), GV_OK);
    check_equal(gv_watcher_feed(watcher, 4), GV_OK);
    check(gv_watcher_is_pending(watcher));
    run_until(kind, 1);
    check_equal(value_of(kind), 5);
    check(!gv_watcher_is_pending(watcher));
    check_equal(gv_watcher_stop(watcher), GV_OK);
    run_a_little();
    check_equal(news_count, 1);
    gv_watcher_free(watcher);
  }
}

static void shouldTakeBackWhatIsPendingWhenItIsStopped(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    gv_watcher *watcher = new_watcher(kind, kind);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_watcher_feed(watcher, 1), GV_OK);
    check_equal(gv_watcher_stop(watcher), GV_OK);
    check(!gv_watcher_is_pending(watcher));
    run_until_idle();
    check_equal(news_count, 0);
    gv_watcher_free(watcher);
  }
}

static gv_watcher *to_stop;

static void stop_other(int32_t number, int32_t value) {
  (void)number, (void)value;
  if (to_stop != NULL)
    check_equal(gv_watcher_stop(to_stop), GV_OK);
}

/* It is in the ready queue, behind a greenlet. */
static int stop_as_greenlet(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  stop_other(0, 0);
  return GV_OK;
}

static void shouldTakeBackWhatIsInTheReadyQueueWhenItIsStopped(void) {
  struct gv_greenlet *greenlet = spawn(stop_as_greenlet, NULL);
  to_stop = new_watcher(GV_ASYNC, 1);
  gv_watcher *other = new_watcher(GV_ASYNC, 2);
  check_equal(gv_watcher_start(to_stop), GV_OK);
  check_equal(gv_watcher_start(other), GV_OK);
  check_equal(gv_hub_ready(hub, greenlet), 1);
  check_equal(gv_watcher_feed(to_stop, 0), GV_OK);
  check_equal(gv_watcher_feed(other, 0), GV_OK);
  run_a_little();
  check_text(news_text(), "2");
}

/* ---- priorities ---- */

static void shouldFireThoseOfAHigherPriorityFirst(void) {
  const int priorities[] = {0, -2, 2, -1, 1, 2, 0, -2};
  for (int i = 0; i < 8; i++) {
    gv_watcher *watcher = new_watcher(i % 2 == 0 ? GV_TIMER : GV_ASYNC, i + 1);
    check_equal(gv_watcher_set_priority(watcher, priorities[i]), GV_OK);
    if (i % 2 == 0) {
      check_equal(gv_watcher_set_timer(watcher, 0, 0), GV_OK);
      check_equal(gv_watcher_start(watcher), GV_OK);
    } else {
      check_equal(gv_watcher_start(watcher), GV_OK);
      gv_watcher_send(watcher);
    }
  }
  for (int i = 0; i < 8; i++) /* once more, in one poll */
    check(timers_first(&hub->watchers.timers) != NULL);
  watchers_poll(&hub->watchers, false);
  watchers_told(&hub->watchers, wake_take(&hub->watchers.wake));
  run_a_little();
  check_text(news_text(), "36517428");
}

static void shouldRefuseToChangeAnActiveOne(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    gv_watcher *watcher = new_watcher(kind, kind);
    check_equal(gv_watcher_set_priority(watcher, 3), GV_EINVAL);
    check_equal(gv_watcher_set_priority(watcher, -3), GV_EINVAL);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_watcher_set_priority(watcher, 1), GV_EINVAL);
    check_equal(gv_watcher_set_io(watcher, pair[1], GV_READ), GV_EINVAL);
    check_equal(gv_watcher_set_signal(watcher, SIGTERM), GV_EINVAL);
    check_equal(gv_watcher_set_child(watcher, child), GV_EINVAL);
    check_equal(gv_watcher_set_stat(watcher, path, 0), GV_EINVAL);
    gv_watcher_free(watcher);
  }
}

static void shouldRefuseWhatMakesNoSense(void) {
  check(gv_watcher_new(hub, -1, 1) == NULL);
  check(gv_watcher_new(hub, KIND_COUNT, 1) == NULL);
  gv_watcher *io = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_start(io), GV_EINVAL); /* of nothing */
  check_equal(gv_watcher_set_io(io, -1, GV_READ), GV_EINVAL);
  check_equal(gv_watcher_set_io(io, 0, 0), GV_EINVAL);
  check_equal(gv_watcher_set_io(io, 0, GV_READ | GV_ERROR), GV_EINVAL);
  check_equal(gv_watcher_set_timer(io, 0, 0), GV_EINVAL);
  check_equal(gv_watcher_again(io), GV_EINVAL);
  check_equal(gv_watcher_at(io), 0);
  check_equal(gv_watcher_child_status(io), GV_STATUS_UNKNOWN);
  check_equal(gv_watcher_set_timer(gv_watcher_new(hub, GV_TIMER, 1), 0, -1), GV_EINVAL);
  gv_watcher *signal = gv_watcher_new(hub, GV_SIGNAL, 1);
  check_equal(gv_watcher_set_signal(signal, SIGKILL), GV_EINVAL);
  check_equal(gv_watcher_start(signal), GV_EINVAL);
  check_equal(gv_watcher_set_signal(signal, SIGSEGV), GV_EVM);
  check_equal(gv_watcher_start(signal), GV_EVM);
  check_equal(gv_watcher_set_child(gv_watcher_new(hub, GV_CHILD, 1), 0), GV_EINVAL);
  gv_watcher *stat = gv_watcher_new(hub, GV_STAT, 1);
  check_equal(gv_watcher_start(stat), GV_EINVAL);
  check_equal(gv_watcher_set_stat(stat, NULL, 0), GV_EINVAL);
  check_equal(gv_watcher_set_stat(stat, path, -1), GV_EINVAL);
  check_equal(gv_hub_active_count(hub), 0);
  run_until_idle();
}

/* ---- async, and signals ---- */

static void *send_often(void *watcher) {
  for (int i = 0; i < 100; i++)
    gv_watcher_send(watcher);
  return NULL;
}

static void shouldFireAfterTheLastOfManySends(void) {
  gv_watcher *async = new_watcher(GV_ASYNC, 1);
  check_equal(gv_watcher_start(async), GV_OK);
  for (int round = 0; round < scaled(200); round++) {
    forget_news();
    pthread_t ids[8];
    for (int i = 0; i < 8; i++)
      check_equal(pthread_create(&ids[i], NULL, send_often, async), 0);
    run_until(1, 1);
    for (int i = 0; i < 8; i++)
      pthread_join(ids[i], NULL);
    run_a_little();
    forget_news();
    gv_watcher_send(async);
    gv_watcher_send(async);
    run_a_little();
    check_equal(times(1), 1);
  }
}

/* Another thread may get the signal, and the hub may hear of it between the one and the other. */
static void shouldFireForASignal(void) {
  gv_watcher *signals[] = {new_watcher(GV_SIGNAL, 1), new_watcher(GV_SIGNAL, 2)};
  for (int i = 0; i < 2; i++)
    check_equal(gv_watcher_start(signals[i]), GV_OK);
  kill(getpid(), SIGUSR1);
  run_until(1, 1);
  run_until(2, 1);
  check_equal(gv_watcher_stop(signals[0]), GV_OK);
  kill(getpid(), SIGUSR1);
  run_until(2, 2);
  check_equal(times(1), 1);
  check_equal(times(2), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldBeActiveFromStartToStop),
      promise(shouldNotFireWithoutNews),
      promise(shouldTakeAnActiveOneWithItWhenItIsFreed),
      promise(shouldKeepTheHubFromBeingIdleUnlessSetOtherwise),
      promise(shouldFireOnceWithAllThatItIsFed),
      promise(shouldTakeBackWhatIsPendingWhenItIsStopped),
      promise(shouldTakeBackWhatIsInTheReadyQueueWhenItIsStopped),
      promise(shouldFireThoseOfAHigherPriorityFirst),
      promise(shouldRefuseToChangeAnActiveOne),
      promise(shouldRefuseWhatMakesNoSense),
      promise(shouldFireAfterTheLastOfManySends),
      promise(shouldFireForASignal),
  };
  all_setup(NULL);
  int failed = run_over_both(tests);
  all_teardown(NULL);
  return failed;
}
