/*
 * What a thread is to itself moves with its stack: thread-local variables, errno, pthread_self, thread-specific data.
 * What it is to the kernel doesn't, with the swap.
 */
#include "threads.h"

#include <errno.h>

static _Thread_local long number;
static _Thread_local char text[64] = "initial";
static pthread_key_t key;

enum { GREENLETS = 8 };

/* All that a thread can ask about itself. */
struct identity {
  pthread_t id;
  int *errno_at;
  long *number_at;
};

static struct identity identity(void) {
  return (struct identity){pthread_self(), &errno, &number};
}

static void check_identity(struct identity expected) {
  struct identity now = identity();
  check(pthread_equal(now.id, expected.id));
  check(now.errno_at == expected.errno_at);
  check(now.number_at == expected.number_at);
}

/* Where a greenlet runs: with the baton on its own kernel thread, with the swap on that of `hub`. */
static void check_runs_for(struct thread *thread, long hub) {
  check_equal(kernel_thread(), by_swap() ? hub : thread->kernel_thread);
}

struct crowd {
  int rounds;
  long hub;
};

static int stay_oneself(struct thread *thread) {
  struct crowd *crowd = thread->arg;
  struct identity mine = identity();
  check(pthread_equal(mine.id, thread->id));
  check(strcmp(text, "initial") == 0);
  check(pthread_getspecific(key) == NULL);
  pthread_setspecific(key, thread);
  for (int i = 0; i < crowd->rounds; i++) {
    number = 1000L * thread->number + i;
    snprintf(text, sizeof text, "%d in round %d", thread->number, i);
    errno = thread->number + i + 1;
    check_equal(thread_pause(thread), GV_OK);
    check_equal(errno, thread->number + i + 1);
    check_equal(number, 1000L * thread->number + i);
    char expected[sizeof text];
    snprintf(expected, sizeof expected, "%d in round %d", thread->number, i);
    check(strcmp(text, expected) == 0);
    check(pthread_getspecific(key) == thread);
    check_identity(mine);
    check_runs_for(thread, crowd->hub);
  }
  return GV_OK;
}

static void run_crowd(void *arg) {
  (void)arg;
  struct crowd crowd = {scaled(2000), kernel_thread()};
  struct identity mine = identity();
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, GREENLETS, stay_oneself, &crowd);
  errno = ERANGE;
  number = -1;
  for (int i = 0; i <= crowd.rounds; i++)
    for (int j = 0; j < GREENLETS; j++) {
      check_equal(thread_enter(&threads[j]), GV_OK);
      check_equal(errno, ERANGE);
      check_equal(number, -1);
      check_equal(kernel_thread(), crowd.hub);
      check_identity(mine);
    }
  threads_join(threads, GREENLETS, GV_ESPARE);
}

static void each_greenlet_is_itself(void **state) {
  (void)state;
  on_thread(run_crowd, NULL);
}

/* ---- on its own kernel thread ---- */

static int reclaim_and_lend(struct thread *thread) {
  struct identity mine = identity();
  struct lender *self = &thread->greenlet->lender;
  struct lender *hub = &thread->greenlet->family->main.lender;
  number = 7;
  errno = EDOM;
  check_equal(lender_reclaim(self, hub), GV_OK);
  check_equal(kernel_thread(), thread->kernel_thread);
  check_equal(errno, EDOM);
  check_equal(number, 7);
  check_identity(mine);
  check_equal(lender_lend(self), GV_OK);
  check_equal(errno, EDOM);
  check_equal(number, 7);
  check_identity(mine);
  check_runs_for(thread, *(long *)thread->arg);
  return GV_OK;
}

static void reclaim_once(void *arg) {
  (void)arg;
  long hub = kernel_thread();
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, 1, reclaim_and_lend, &hub);
  check_equal(thread_enter(&threads[0]), GV_OK);
  lender_await(&threads[0].greenlet->lender);
  check_equal(thread_enter(&threads[0]), GV_OK);
  threads_join(threads, 1, GV_ESPARE);
}

static void it_is_the_same_on_its_own_kernel_thread(void **state) {
  (void)state;
  on_thread(reclaim_once, NULL);
}

/* ---- for one kernel thread after another ---- */

struct visits {
  struct identity first;
  int count;
  long hub; /* for which it runs now */
};

static int count_visits(struct thread *thread) {
  struct visits *visits = thread->arg;
  if (visits->count == 0)
    visits->first = identity();
  check_identity(visits->first);
  check_equal(number, visits->count);
  check_runs_for(thread, visits->hub);
  number = ++visits->count;
  return GV_OK;
}

static void take_and_run(void *arg) {
  struct visits *visits = arg;
  visits->hub = kernel_thread();
  struct gv_family *family = family_new();
  bool low;
  struct gv_greenlet *greenlet = greenlet_take(family, &low);
  check(greenlet != NULL);
  check_equal(greenlet_switch(&family->main, greenlet), GV_OK);
}

static void it_is_the_same_for_one_kernel_thread_after_another(void **state) {
  enum { HUBS = 3 };
  (void)state;
  struct visits visits = {.count = 0};
  struct thread thread;
  assert_int_equal(pool_bounds(1, 1), GV_OK);
  thread_start(&thread, 0, count_visits, &visits);
  lender_await(&thread.greenlet->lender);
  pool_put(&thread.greenlet->lender);
  for (int i = 0; i < HUBS; i++)
    on_thread(take_and_run, &visits);
  assert_int_equal(visits.count, HUBS);
  assert_int_equal(pool_bounds(0, 0), GV_OK);
  while (pool_size() > 0)
    pool_trim();
  thread_join(&thread);
  assert_int_equal(thread.status, GV_ESPARE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_greenlet_is_itself),
      cmocka_unit_test(it_is_the_same_on_its_own_kernel_thread),
      cmocka_unit_test(it_is_the_same_for_one_kernel_thread_after_another),
  };
  pthread_key_create(&key, NULL);
  return run_guarded(tests);
}
