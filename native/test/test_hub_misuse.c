/*
 * What a hub refuses to those who call it from where they may not, or at the wrong time: nothing comes of it.
 */
#include "hubs.h"

#include <semaphore.h>

static sem_t way_home;
static gv_watcher *timer;

static int call_while_away(struct thread *thread) {
  struct gv_greenlet *self = thread->greenlet;
  check_equal(gv_hub_leave(hub, self), GV_OK);
  check_equal(gv_hub_wait(hub, self), GV_ETHREAD);
  check_equal(gv_hub_yield(hub, self), GV_ETHREAD);
  check_equal(gv_hub_sleep(hub, self, 1, 1), GV_ETHREAD);
  check_equal(gv_hub_wait_for(hub, self, timer), GV_ETHREAD);
  check_equal(gv_hub_leave(hub, self), GV_ETHREAD);
  check_equal(gv_hub_ready(hub, self), GV_ETHREAD);
  check_equal(gv_hub_return(hub, self), GV_OK);
  *(bool *)thread->arg = true;
  return GV_OK;
}

static void shouldRefuseOneThatIsAway(void) {
  bool done = false;
  timer = gv_watcher_new(hub, GV_TIMER, 1);
  spawn(call_while_away, &done);
  run_until_idle();
  check(done);
  check_equal(gv_hub_ref(hub, 0), 0);
}

static int return_without_leaving(struct thread *thread) {
  check_equal(gv_hub_return(hub, thread->greenlet), GV_ETHREAD);
  *(bool *)thread->arg = true;
  return GV_OK;
}

static void shouldNotTakeBackOneThatIsThere(void) {
  bool done = false;
  spawn(return_without_leaving, &done);
  check(done);
  check_equal(gv_hub_return(hub, &family->main), GV_ETHREAD);
  run_until_idle();
}

/* ---- one that is on its way back ---- */

static int travel(struct thread *thread) {
  check_equal(gv_hub_leave(hub, thread->greenlet), GV_OK);
  while (sem_wait(&way_home) != 0)
    ;
  check_equal(gv_hub_return(hub, thread->greenlet), GV_OK);
  *(bool *)thread->arg = true;
  return GV_OK;
}

static void shouldNotLetAnyoneWakeOneThatIsOnItsWayBack(void) {
  sem_init(&way_home, 0, 0);
  bool done = false;
  struct gv_greenlet *traveller = spawn(travel, &done);
  check_equal(gv_hub_ready(hub, traveller), 0);
  sem_post(&way_home);
  while (atomic_load(&hub->returning) == NULL)
    check_equal(gv_hub_ready(hub, traveller), 0);
  check_equal(gv_hub_ready(hub, traveller), 0);
  check_equal(gv_hub_pending_count(hub), 0);
  run_until_idle();
  check(done);
}

/* ---- prepare ---- */

static void shouldPrepareAlsoAfterItWasIdle(void) {
  run_until_idle();
  gv_watcher *prepare = gv_watcher_new(hub, GV_PREPARE, 1);
  check_equal(gv_watcher_start(prepare), GV_OK);
  check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_text(news_text(), "1");
}

/* ---- watchers ---- */

static void shouldSendToNothingButAnAsync(void) {
  int pair[2];
  open_pair(pair);
  gv_watcher *reader = gv_watcher_new(hub, GV_IO, 1), *writer = gv_watcher_new(hub, GV_IO, 2);
  check_equal(gv_watcher_set_io(reader, pair[0], GV_READ), GV_OK);
  check_equal(gv_watcher_set_io(writer, pair[0], GV_WRITE), GV_OK);
  check_equal(gv_watcher_start(reader), GV_OK);
  check_equal(gv_watcher_start(writer), GV_OK);
  gv_watcher_send(reader);
  gv_watcher_send(writer);
  run_until(2, 1);
  check_equal(times(1), 0);
  gv_watcher_free(reader);
  gv_watcher_free(writer);
  close_pair(pair);
}

static void shouldTakeBackWhatIsPendingWhenATimerStartsAgain(void) {
  timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, 0, INT64_C(3600000000000)), GV_OK);
  check_equal(gv_watcher_start(timer), GV_OK);
  check_equal(gv_watcher_feed(timer, GV_TIMEOUT), GV_OK);
  check_equal(gv_watcher_again(timer), GV_OK);
  check(!gv_watcher_is_pending(timer));
  run_a_little();
  check_equal(news_count, 0);
}

static void shouldForgetHowTheLastChildHasEnded(void) {
  gv_watcher *watcher = gv_watcher_new(hub, GV_CHILD, 1);
  for (int i = 0; i < 2; i++) {
    int gate[2];
    check_equal(pipe(gate), 0);
    pid_t child = fork();
    check(child >= 0);
    if (child == 0) {
      char byte;
      close(gate[1]);
      _exit(read(gate[0], &byte, 1) == 0 ? 5 : 6);
    }
    check_equal(gv_watcher_set_child(watcher, child), GV_OK);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_watcher_child_status(watcher), GV_STATUS_UNKNOWN);
    close(gate[0]);
    close(gate[1]);
    run_until_idle();
    check_equal(gv_watcher_child_status(watcher), 5);
    check_equal(waitpid(child, NULL, 0), child);
  }
}

/* ---- attaching ---- */

static void shouldDetachOneThatHasNoRunner(void) {
  int32_t status;
  gv_hub *other = gv_hub_new(loop_name, NULL, &status);
  gv_hub_detach(other);
  check_equal(gv_hub_run(other, GV_RUN_ALL), GV_EIDLE);
  gv_hub_free(other);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      promise(shouldRefuseOneThatIsAway),
      promise(shouldNotTakeBackOneThatIsThere),
      promise(shouldNotLetAnyoneWakeOneThatIsOnItsWayBack),
      promise(shouldPrepareAlsoAfterItWasIdle),
      promise(shouldSendToNothingButAnAsync),
      promise(shouldTakeBackWhatIsPendingWhenATimerStartsAgain),
      promise(shouldForgetHowTheLastChildHasEnded),
      promise(shouldDetachOneThatHasNoRunner),
  };
  if (argc > 1)
    cmocka_set_test_filter(argv[1]);
  return run_over_both(tests);
}
