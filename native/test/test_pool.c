/*
 * The pool of spare lenders: which one it gives, how many it asks for, whom it releases, and that none gets lost.
 */
#include "threads.h"

static int no_body(struct thread *thread) {
  (void)thread;
  return GV_EINVAL; /* nobody enters these */
}

/* Starts `count` threads and puts them into the pool, the last one last. */
static struct thread *spares_start(int count) {
  struct thread *threads = calloc((size_t)count, sizeof *threads);
  check(threads != NULL);
  for (int i = 0; i < count; i++) {
    thread_start(&threads[i], i, no_body, NULL);
    lender_await(&threads[i].greenlet->lender);
    pool_put(&threads[i].greenlet->lender);
  }
  return threads;
}

/* Empties the pool; to come back to the same state before each test. */
static int pool_reset(void **state) {
  (void)state;
  check_equal(pool_bounds(0, 0), GV_OK);
  for (int i = 0; i < 100 && (pool_size() > 0 || pool_wanted() > 0); i++)
    pool_trim();
  check_equal(pool_size(), 0);
  check_equal(pool_wanted(), 0);
  return 0;
}

static void bounds_must_be_in_order(void **state) {
  (void)state;
  assert_int_equal(pool_bounds(-1, 4), GV_EINVAL);
  assert_int_equal(pool_bounds(5, 4), GV_EINVAL);
  assert_int_equal(pool_bounds(0, -1), GV_EINVAL);
  assert_int_equal(pool_bounds(0, 0), GV_OK);
  assert_int_equal(pool_bounds(4, 4), GV_OK);
  assert_int_equal(pool_wanted(), 4);
  assert_int_equal(pool_bounds(5, 4), GV_EINVAL); /* and changes nothing */
  assert_int_equal(pool_wanted(), 4);
}

static void it_gives_the_one_that_came_last(void **state) {
  enum { SPARES = 4 };
  (void)state;
  assert_int_equal(pool_bounds(0, SPARES), GV_OK);
  struct thread *threads = spares_start(SPARES);
  bool low;
  for (int i = SPARES - 1; i >= 0; i--)
    assert_ptr_equal(pool_take(&low), &threads[i].greenlet->lender);
  assert_null(pool_take(&low));
  for (int i = 0; i < SPARES; i++)
    pool_put(&threads[i].greenlet->lender);
  assert_int_equal(pool_size(), SPARES);
  pool_reset(NULL);
  threads_join(threads, SPARES, GV_ESPARE);
}

static void it_says_when_it_runs_low(void **state) {
  enum { SPARES = 8 };
  (void)state;
  assert_int_equal(pool_bounds(SPARES, SPARES), GV_OK); /* low: less than half of that */
  struct thread *threads = spares_start(SPARES);
  struct lender *taken[SPARES];
  for (int left = SPARES - 1; left >= 0; left--) {
    bool low;
    taken[left] = pool_take(&low);
    assert_non_null(taken[left]);
    assert_int_equal(low, left < SPARES / 2);
    assert_int_equal(pool_wanted(), SPARES - left);
  }
  for (int i = 0; i < SPARES; i++)
    pool_put(taken[i]);
  pool_reset(NULL);
  threads_join(threads, SPARES, GV_ESPARE);
}

static void it_wants_no_more_while_those_it_asked_for_have_yet_to_come(void **state) {
  enum { LEAST = 2, MOST = 20 };
  (void)state;
  assert_int_equal(pool_bounds(LEAST, MOST), GV_OK);
  bool low;
  assert_null(pool_take(&low));
  int wanted = pool_wanted();
  for (int misses = 0; misses < 10; misses++) {
    assert_null(pool_take(&low));
    assert_true(low);
    assert_int_equal(pool_wanted(), wanted);
  }
}

/* Fills the pool up to what it wants, takes all, and misses one more. */
static void fill_and_miss(struct thread *threads, int wanted) {
  bool low;
  for (int i = 0; i < wanted; i++)
    pool_put(&threads[i].greenlet->lender);
  assert_int_equal(pool_wanted(), 0);
  for (int i = 0; i < wanted; i++)
    assert_non_null(pool_take(&low));
  assert_null(pool_take(&low));
}

static void it_wants_more_after_misses(void **state) {
  enum { LEAST = 2, MOST = 20 };
  (void)state;
  assert_int_equal(pool_bounds(MOST, MOST), GV_OK);
  struct thread *threads = spares_start(MOST);
  bool low;
  for (int i = 0; i < MOST; i++)
    assert_non_null(pool_take(&low));
  pool_reset(NULL);

  assert_int_equal(pool_bounds(LEAST, MOST), GV_OK);
  int wanted = pool_wanted();
  assert_int_equal(wanted, LEAST);
  while (wanted < MOST) {
    fill_and_miss(threads, wanted);
    assert_true(pool_wanted() > wanted);
    assert_true(pool_wanted() <= MOST);
    wanted = pool_wanted();
  }
  assert_int_equal(pool_trim(), 0); /* there was a miss since the last one: it stays */
  assert_int_equal(pool_wanted(), MOST);
  for (int i = 0; i < 10; i++) {
    assert_int_equal(pool_trim(), 0);
    assert_true(pool_wanted() <= wanted);
    wanted = pool_wanted();
  }
  assert_int_equal(wanted, LEAST); /* nobody missed any, and it sank */
  for (int i = 0; i < MOST; i++)
    pool_put(&threads[i].greenlet->lender);
  pool_reset(NULL);
  threads_join(threads, MOST, GV_ESPARE);
}

static void it_releases_what_was_not_used(void **state) {
  enum { SPARES = 16, LEAST = 3 };
  (void)state;
  assert_int_equal(pool_bounds(SPARES, SPARES), GV_OK);
  struct thread *threads = spares_start(SPARES);
  assert_int_equal(pool_trim(), 0); /* as many as it should hold */
  assert_int_equal(pool_bounds(LEAST, SPARES), GV_OK);
  int released = 0;
  for (int i = 0; i < 20; i++) {
    int size = pool_size();
    int now = pool_trim();
    assert_int_equal(pool_size(), size - now);
    released += now;
  }
  assert_int_equal(pool_size(), LEAST);
  assert_int_equal(released, SPARES - LEAST);
  for (int i = 0; i < SPARES - LEAST; i++) { /* those that came first go first */
    thread_join(&threads[i]);
    assert_int_equal(threads[i].status, GV_ESPARE);
  }
  pool_reset(NULL);
  for (int i = SPARES - LEAST; i < SPARES; i++) {
    thread_join(&threads[i]);
    assert_int_equal(threads[i].status, GV_ESPARE);
  }
  free(threads);
}

static void it_keeps_what_was_used(void **state) {
  enum { SPARES = 16 };
  (void)state;
  assert_int_equal(pool_bounds(SPARES, SPARES), GV_OK);
  struct thread *threads = spares_start(SPARES);
  assert_int_equal(pool_bounds(0, SPARES), GV_OK);
  pool_trim();
  int size = pool_size();
  struct lender *taken[SPARES];
  for (int round = 0; round < 5; round++) { /* all of them are in use at a time between two trims */
    for (int i = 0; i < size; i++) {
      bool low;
      taken[i] = pool_take(&low);
      assert_non_null(taken[i]);
    }
    for (int i = 0; i < size; i++)
      pool_put(taken[i]);
    assert_int_equal(pool_trim(), 0);
  }
  assert_int_equal(pool_size(), size);
  pool_reset(NULL);
  threads_join(threads, SPARES, GV_ESPARE);
}

static void it_releases_one_too_many_at_once(void **state) {
  (void)state;
  assert_int_equal(pool_bounds(0, 2), GV_OK);
  struct thread *threads = spares_start(3);
  assert_int_equal(pool_size(), 2);
  thread_join(&threads[2]);
  assert_int_equal(threads[2].status, GV_ESPARE);
  pool_reset(NULL);
  for (int i = 0; i < 2; i++)
    thread_join(&threads[i]);
  free(threads);
}

/* ---- from several kernel threads at once ---- */

enum { TAKERS = 4, SHARED = 16 };

struct sharing {
  int rounds;
  _Atomic int holders[SHARED]; /* how many takers have the lender with this number: 0 or 1 */
};

static void take_and_put(void *arg) {
  struct sharing *sharing = arg;
  for (int i = 0; i < sharing->rounds; i++) {
    struct lender *taken[SHARED];
    int count = 0;
    bool low;
    while (count < SHARED / 2 && (taken[count] = pool_take(&low)) != NULL)
      check_equal(sharing->holders[taken[count++]->slot]++, 0);
    while (count > 0) {
      check_equal(--sharing->holders[taken[--count]->slot], 0);
      pool_put(taken[count]);
    }
  }
}

static void it_gives_each_lender_to_one_taker_at_a_time(void **state) {
  (void)state;
  assert_int_equal(pool_bounds(SHARED, SHARED), GV_OK);
  struct thread *threads = spares_start(SHARED);
  struct sharing sharing = {.rounds = scaled(20000)};
  pthread_t ids[TAKERS];
  struct call call = {take_and_put, &sharing};
  for (int i = 0; i < TAKERS; i++)
    assert_int_equal(pthread_create(&ids[i], NULL, call_main, &call), 0);
  for (int i = 0; i < TAKERS; i++)
    pthread_join(ids[i], NULL);
  assert_int_equal(pool_size(), SHARED);
  pool_reset(NULL);
  threads_join(threads, SHARED, GV_ESPARE);
}

/* ---- with greenlets ---- */

static int count_up(struct thread *thread) {
  ++*(long *)thread->arg;
  return GV_OK;
}

struct starts {
  int rounds;
  long count;
};

static void start_and_finish(void *arg) {
  struct starts *starts = arg;
  struct gv_family *family = family_new();
  for (int i = 0; i < starts->rounds; i++) {
    bool low;
    struct gv_greenlet *greenlet = greenlet_take(family, &low);
    if (greenlet == NULL) {
      sched_yield(); /* the others have them all */
      continue;
    }
    check_equal(greenlet_switch(&family->main, greenlet), GV_OK);
    starts->count++;
  }
}

static void it_serves_several_kernel_threads_at_once(void **state) {
  enum { SPARES = 3 };
  (void)state;
  assert_int_equal(pool_bounds(SPARES, SPARES), GV_OK);
  long runs[SPARES] = {0}; /* each counted by its greenlet alone */
  struct thread threads[SPARES];
  for (int i = 0; i < SPARES; i++) {
    thread_start(&threads[i], i, count_up, &runs[i]);
    lender_await(&threads[i].greenlet->lender);
    pool_put(&threads[i].greenlet->lender);
  }
  struct starts starts[TAKERS];
  struct call calls[TAKERS];
  pthread_t ids[TAKERS];
  for (int i = 0; i < TAKERS; i++) {
    starts[i] = (struct starts){.rounds = scaled(5000)};
    calls[i] = (struct call){start_and_finish, &starts[i]};
    assert_int_equal(pthread_create(&ids[i], NULL, call_main, &calls[i]), 0);
  }
  long started = 0, ran = 0;
  for (int i = 0; i < TAKERS; i++) {
    pthread_join(ids[i], NULL);
    started += starts[i].count;
  }
  assert_int_equal(pool_size(), SPARES);
  pool_reset(NULL);
  for (int i = 0; i < SPARES; i++) {
    thread_join(&threads[i]);
    assert_int_equal(threads[i].status, GV_ESPARE);
    ran += runs[i];
  }
  assert_int_equal(ran, started);
  assert_true(ran > 0);
}

/* ---- its end ---- */

static void exit_with_spares(void *arg) {
  enum { SPARES = 4 };
  (void)arg;
  check_equal(pool_bounds(0, SPARES), GV_OK);
  struct thread *threads = spares_start(SPARES);
  bool low;
  struct lender *taken = pool_take(&low);
  pool_exit();
  check_equal(pool_size(), 0);
  check_equal(pool_wanted(), 0);
  pool_put(taken);
  check_equal(pool_size(), 0);
  threads_join(threads, SPARES, GV_EEXIT);
}

static void at_exit_it_releases_all_and_takes_none(void **state) {
  (void)state;
  assert_int_equal(in_child(exit_with_spares, NULL), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(at_exit_it_releases_all_and_takes_none), /* first: a fork needs a process without threads */
      cmocka_unit_test_setup(bounds_must_be_in_order, pool_reset),
      cmocka_unit_test_setup(it_gives_the_one_that_came_last, pool_reset),
      cmocka_unit_test_setup(it_says_when_it_runs_low, pool_reset),
      cmocka_unit_test_setup(it_wants_no_more_while_those_it_asked_for_have_yet_to_come, pool_reset),
      cmocka_unit_test_setup(it_wants_more_after_misses, pool_reset),
      cmocka_unit_test_setup(it_releases_what_was_not_used, pool_reset),
      cmocka_unit_test_setup(it_keeps_what_was_used, pool_reset),
      cmocka_unit_test_setup(it_releases_one_too_many_at_once, pool_reset),
      cmocka_unit_test_setup(it_gives_each_lender_to_one_taker_at_a_time, pool_reset),
      cmocka_unit_test_setup(it_serves_several_kernel_threads_at_once, pool_reset),
  };
  return run_guarded(tests);
}
