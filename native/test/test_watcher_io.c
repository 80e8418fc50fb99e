/*
 * Watchers of descriptors, children and files: what they say, and what they leave behind.
 */
#include "hubs.h"

#include <sys/stat.h>

static int pair[2];

static gv_watcher *watch_io(int fd, int events, int number) {
  gv_watcher *watcher = gv_watcher_new(hub, GV_IO, number);
  check_equal(gv_watcher_set_io(watcher, fd, events), GV_OK);
  check_equal(gv_watcher_start(watcher), GV_OK);
  return watcher;
}

static int setup(void **state) {
  (void)state;
  open_pair(pair);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  close_pair(pair);
  return 0;
}

/* ---- descriptors ---- */

static void shouldFireWhileADescriptorIsReadable(void) {
  setup(NULL);
  watch_io(pair[0], GV_READ, 1);
  run_a_little();
  check_equal(news_count, 0);
  say(pair[1]);
  run_until(1, 1);
  check_equal(value_of(1), GV_READ);
  run_until(1, 2); /* it still is */
  hear(pair[0]);
  run_a_little();
  forget_news();
  run_a_little();
  check_equal(news_count, 0);
  teardown(NULL);
}

static void shouldTellEachOfSeveralOnOneDescriptorWhatItAskedFor(void) {
  setup(NULL);
  gv_watcher *reader = watch_io(pair[0], GV_READ, 1);
  gv_watcher *writer = watch_io(pair[0], GV_WRITE, 2);
  gv_watcher *both = watch_io(pair[0], GV_READ | GV_WRITE, 3);
  run_until(3, 1);
  check_text(news_text(), "23");
  check_equal(value_of(2), GV_WRITE);
  check_equal(value_of(3), GV_WRITE);
  check_equal(gv_watcher_stop(writer), GV_OK);
  say(pair[1]);
  run_until(1, 1);
  forget_news();
  run_until(3, 1);
  check_text(news_text(), "13");
  check_equal(value_of(1), GV_READ);
  check_equal(value_of(3), GV_READ | GV_WRITE);
  check_equal(gv_watcher_stop(both), GV_OK);
  run_until(1, 2);
  check_equal(gv_watcher_start(writer), GV_OK);
  check_equal(gv_watcher_stop(reader), GV_OK);
  run_a_little();
  forget_news();
  run_until(2, 1);
  check_equal(value_of(2), GV_WRITE);
  check_equal(times(1), 0);
  check_equal(gv_hub_active_count(hub), 1);
  teardown(NULL);
}

static void shouldRefuseADescriptorThatIsNotOpen(void) {
  setup(NULL);
  teardown(NULL);
  gv_watcher *watcher = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_set_io(watcher, pair[0], GV_READ), GV_OK);
  check_equal(gv_watcher_start(watcher), GV_ESYSTEM - EBADF);
  check(!gv_watcher_is_active(watcher));
  run_until_idle();
}

/* Closed before the loop has told the kernel of it: that much both libraries find out. */
static void shouldEndAllWatchersOfADescriptorThatIsClosed(void) {
  setup(NULL);
  gv_watcher *reader = watch_io(pair[0], GV_READ, 1);
  gv_watcher *writer = watch_io(pair[0], GV_WRITE, 2);
  close(pair[0]);
  run_until(2, 1);
  check_text(news_text(), "12");
  check_equal(value_of(1), GV_READ | GV_ERROR);
  check_equal(value_of(2), GV_WRITE | GV_ERROR);
  check(!gv_watcher_is_active(reader) && !gv_watcher_is_active(writer));
  check_equal(gv_watcher_start(reader), GV_ESYSTEM - EBADF);
  check_equal(gv_watcher_stop(writer), GV_OK);
  check_equal(gv_hub_ref(hub, 0), 0);
  run_until_idle();
  close(pair[1]);
  setup(NULL); /* the same number for another file */
  check_equal(gv_watcher_start(writer), GV_OK);
  run_until(2, 2);
  check_equal(value_of(2), GV_WRITE);
  teardown(NULL);
}

static int stop_and_close(struct thread *thread) {
  (void)thread;
  check_equal(gv_hub_wait_for(hub, thread->greenlet, *(gv_watcher **)thread->arg), GV_READ | GV_ERROR);
  return GV_OK;
}

static void shouldTellWhoWaitsForADescriptorThatItIsClosed(void) {
  setup(NULL);
  gv_watcher *reader = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_set_io(reader, pair[0], GV_READ), GV_OK);
  spawn(stop_and_close, &reader);
  close(pair[0]);
  run_until_idle();
  check(!gv_watcher_is_active(reader));
  check_equal(news_count, 0);
  close(pair[1]);
}

static void shouldWatchMoreDescriptorsThanTheFirstTableHolds(void) {
  setup(NULL);
  int high = fcntl(pair[0], F_DUPFD_CLOEXEC, 700);
  check(high >= 700);
  gv_watcher *reader = watch_io(high, GV_READ, 1);
  say(pair[1]);
  run_until(1, 1);
  gv_watcher_free(reader);
  close(high);
  run_until_idle();
  teardown(NULL);
}

/* ---- children ---- */

static pid_t start_child(int code, int killer) {
  pid_t child = fork();
  check(child >= 0);
  if (child != 0)
    return child;
  if (killer != 0) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(killer, SIG_DFL);
    raise(killer);
  }
  _exit(code);
}

static gv_watcher *new_child_watcher(pid_t child, int number) {
  gv_watcher *watcher = gv_watcher_new(hub, GV_CHILD, number);
  check_equal(gv_watcher_set_child(watcher, child), GV_OK);
  return watcher;
}

static void shouldTellHowAChildHasEnded(void) {
  const struct {
    int code, killer, status;
  } ends[] = {{0, 0, 0}, {7, 0, 7}, {255, 0, 255}, {0, SIGKILL, -1 - SIGKILL}, {0, SIGTERM, -1 - SIGTERM}};
  int before = open_descriptors();
  for (int i = 0; i < 5; i++) {
    pid_t child = start_child(ends[i].code, ends[i].killer);
    gv_watcher *watcher = new_child_watcher(child, i);
    check_equal(gv_watcher_start(watcher), GV_OK);
    check_equal(gv_watcher_child_status(watcher), GV_STATUS_UNKNOWN);
    check_equal(run(GV_RUN_ALL), GV_EIDLE); /* it ends once */
    check_equal(times(i), 1);
    check(!gv_watcher_is_active(watcher));
    check_equal(gv_watcher_child_status(watcher), ends[i].status);
    check_equal(waitpid(child, NULL, 0), child); /* that is left to its parent */
    check_equal(gv_watcher_start(watcher), GV_ESYSTEM - ESRCH);
    check(!gv_watcher_is_active(watcher));
    gv_watcher_free(watcher);
  }
  check_equal(open_descriptors(), before);
}

static void shouldTellTwoOfTheSameChild(void) {
  pid_t child = start_child(3, 0);
  gv_watcher *one = new_child_watcher(child, 1), *other = new_child_watcher(child, 2);
  check_equal(gv_watcher_start(one), GV_OK);
  check_equal(gv_watcher_start(other), GV_OK);
  run_until_idle();
  check_equal(times(1) + times(2), 2);
  check_equal(gv_watcher_child_status(one), 3);
  check_equal(gv_watcher_child_status(other), 3);
  check_equal(waitpid(child, NULL, 0), child);
}

static void shouldTellThatAChildHasEndedWhoseParentWasFaster(void) {
  int gate[2];
  check_equal(pipe(gate), 0);
  pid_t child = fork();
  check(child >= 0);
  if (child == 0) {
    char byte;
    close(gate[1]);
    _exit(read(gate[0], &byte, 1) == 0 ? 5 : 6);
  }
  gv_watcher *watcher = new_child_watcher(child, 1);
  check_equal(gv_watcher_start(watcher), GV_OK);
  check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  close(gate[1]);
  check_equal(waitpid(child, NULL, 0), child);
  run_until_idle();
  check_equal(times(1), 1);
  check_equal(gv_watcher_child_status(watcher), GV_STATUS_UNKNOWN);
  close(gate[0]);
}

/* ---- files ---- */

static void shouldTellOfAFileThatChanges(void) {
  char path[] = "/tmp/test_watcher_io_XXXXXX";
  int fd = mkstemp(path);
  check(fd >= 0);
  gv_watcher *watcher = gv_watcher_new(hub, GV_STAT, 1);
  check_equal(gv_watcher_set_stat(watcher, path, 100000000), GV_OK);
  check_equal(gv_watcher_start(watcher), GV_OK);
  check_equal(gv_watcher_stat(watcher, 0, GV_STAT_LINKS), 1);
  check_equal(gv_watcher_stat(watcher, 0, GV_STAT_SIZE), 0);
  say(fd);
  run_until(1, 1);
  check_equal(gv_watcher_stat(watcher, 0, GV_STAT_SIZE), 1);
  check_equal(gv_watcher_stat(watcher, 1, GV_STAT_SIZE), 0);
  check_equal(gv_watcher_stat(watcher, 0, GV_STAT_USER), (long)geteuid());
  check_equal(gv_watcher_stat(watcher, 0, 99), 0);
  check(unlink(path) == 0);
  while (gv_watcher_stat(watcher, 0, GV_STAT_LINKS) != 0)
    run_until(1, times(1) + 1);
  check(gv_watcher_is_active(watcher));
  check_equal(gv_watcher_stop(watcher), GV_OK);
  run_until_idle();
  close(fd);
}

/* ---- those that a greenlet waits for ---- */

struct expectation {
  gv_watcher *watcher;
  int events;
  bool met;
};

static int wait_for_it(struct thread *thread) {
  struct expectation *expectation = thread->arg;
  gv_watcher *watcher = expectation->watcher;
  check_equal(gv_hub_wait_for(hub, thread->greenlet, watcher), expectation->events);
  check(!gv_watcher_is_active(watcher) && !gv_watcher_is_pending(watcher));
  expectation->met = true;
  return GV_OK;
}

static int wait_in_vain(struct thread *thread) {
  struct expectation *expectation = thread->arg;
  check_equal(gv_hub_wait_for(hub, thread->greenlet, expectation->watcher), GV_EINVAL);
  return GV_OK;
}

static void shouldLetAGreenletWaitForEachKind(void) {
  setup(NULL);
  pid_t child = start_child(0, 0);
  struct expectation all[GV_FORK + 1] = {[GV_IO] = {.events = GV_READ}, [GV_TIMER] = {.events = GV_TIMEOUT}};
  for (int kind = 0; kind < GV_FORK; kind++)
    all[kind].watcher = gv_watcher_new(hub, kind, kind);
  check_equal(gv_watcher_set_io(all[GV_IO].watcher, pair[0], GV_READ), GV_OK);
  check_equal(gv_watcher_set_timer(all[GV_TIMER].watcher, 1000, 0), GV_OK);
  check_equal(gv_watcher_set_signal(all[GV_SIGNAL].watcher, SIGUSR1), GV_OK);
  check_equal(gv_watcher_set_child(all[GV_CHILD].watcher, child), GV_OK);
  char path[] = "/tmp/test_watcher_io_XXXXXX";
  int fd = mkstemp(path);
  check_equal(gv_watcher_set_stat(all[GV_STAT].watcher, path, 100000000), GV_OK);
  for (int kind = 0; kind < GV_FORK; kind++)
    spawn(wait_for_it, &all[kind]);
  spawn(wait_in_vain, &all[GV_IO]); /* somebody does already */
  say(pair[1]);
  say(fd);
  gv_watcher_send(all[GV_ASYNC].watcher);
  kill(getpid(), SIGUSR1);
  run_until_idle();
  for (int kind = 0; kind < GV_FORK; kind++)
    check(all[kind].met);
  check_equal(news_count, 0); /* the greenlets had them */
  check_equal(gv_hub_active_count(hub), 0);
  check_equal(waitpid(child, NULL, 0), child);
  unlink(path);
  close(fd);
  teardown(NULL);
}

static void shouldNotLetAGreenletWaitForAnActiveOne(void) {
  setup(NULL);
  struct expectation active = {.watcher = watch_io(pair[0], GV_READ, 1)};
  spawn(wait_in_vain, &active);
  check(gv_watcher_is_active(active.watcher));
  teardown(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldFireWhileADescriptorIsReadable),
      promise(shouldTellEachOfSeveralOnOneDescriptorWhatItAskedFor),
      promise(shouldRefuseADescriptorThatIsNotOpen),
      promise(shouldEndAllWatchersOfADescriptorThatIsClosed),
      promise(shouldTellWhoWaitsForADescriptorThatItIsClosed),
      promise(shouldWatchMoreDescriptorsThanTheFirstTableHolds),
      promise(shouldTellHowAChildHasEnded),
      promise(shouldTellTwoOfTheSameChild),
      promise(shouldTellThatAChildHasEndedWhoseParentWasFaster),
      promise(shouldTellOfAFileThatChanges),
      promise(shouldLetAGreenletWaitForEachKind),
      promise(shouldNotLetAGreenletWaitForAnActiveOne),
  };
  return run_over_both(tests);
}
