/*
 * A greenlet that overflows its stack hits the guard page of that stack, on whichever kernel thread it runs.
 */
#include "threads.h"

static volatile int depth_wanted = INT_MAX;

__attribute__((noinline)) static int recurse(int depth) {
  volatile char frame[256];
  frame[0] = 1;
  return depth == depth_wanted ? 0 : recurse(depth + 1) + frame[0]; /* needs its frame afterwards: no tail call */
}

static int overflow(struct thread *thread) {
  check_equal(thread_pause(thread), GV_OK); /* so that it is a switch that brought us here */
  check_equal(recurse(0), depth_wanted);
  return GV_OK;
}

static void run_overflow(void *arg) {
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, 2, overflow, NULL);
  for (int visit = 0; visit < 2; visit++)
    for (int i = 0; i < 2; i++)
      thread_enter(&threads[i]);
  threads_join(threads, 2, GV_ESPARE);
}

static void an_overflow_kills_the_process(void **state) {
  (void)state;
  int status = in_child(run_overflow, NULL);
  assert_true(WIFSIGNALED(status));
  assert_true(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS); /* SIGBUS: macOS */
}

static void a_deep_stack_that_fits_does_not(void **state) {
  (void)state;
  depth_wanted = 20;
  on_thread(run_overflow, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_overflow_kills_the_process),
      cmocka_unit_test(a_deep_stack_that_fits_does_not),
  };
  return run_guarded(tests);
}
