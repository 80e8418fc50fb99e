/*
 * The process ends while several kernel threads switch as fast as they can: whoever is at rest comes back with GV_EEXIT
 * exactly once, whoever switches is told so, and each main greenlet gets its kernel thread back. It happens once in a
 * process, so that each try has a child of its own.
 */
#include "threads.h"

#include <time.h>

enum {
  RINGS = 2,   /* families whose greenlets switch in a ring */
  MEMBERS = 4, /* of a ring */
  IDLE = 1,    /* of them were never entered */
  SPARES = 3,  /* for a family that starts and finishes greenlets */
  PLACES = RINGS * (MEMBERS + 1) + SPARES + 1,
  DEADLINE_SECONDS = 30
};

struct ring {
  struct thread *threads;
  long kernel_thread; /* of its main */
  int first_place;    /* of its members; main has the one after them */
};

/* ---- who came back ---- */

static struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int back;           /* sum of times */
  int times[PLACES];  /* how often each came back with GV_EEXIT */
  long where[PLACES]; /* on which kernel thread */
} returns = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void note_return(int place, int status) {
  check_equal(status, GV_EEXIT);
  pthread_mutex_lock(&returns.lock);
  returns.back++;
  returns.times[place]++;
  returns.where[place] = kernel_thread();
  pthread_cond_broadcast(&returns.changed);
  pthread_mutex_unlock(&returns.lock);
}

/* What the VM's threads do with GV_EEXIT: sleep for ever. */
_Noreturn static void park(int place, int status) {
  note_return(place, status);
  pthread_mutex_lock(&returns.lock);
  for (;;)
    pthread_cond_wait(&returns.changed, &returns.lock);
}

static void check_all_return_once(void) {
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += DEADLINE_SECONDS;
  int status = 0;
  pthread_mutex_lock(&returns.lock);
  while (returns.back < PLACES && status == 0)
    status = pthread_cond_timedwait(&returns.changed, &returns.lock, &deadline);
  for (int i = 0; i < PLACES; i++)
    if (returns.times[i] != 1)
      fprintf(stderr, "place %d of %d came back %d times\n", i, PLACES, returns.times[i]);
  check_equal(returns.back, PLACES);
  pthread_mutex_unlock(&returns.lock);
}

/* ---- families whose greenlets switch in a ring ---- */

static _Atomic long switches;
static _Atomic int ready; /* families that have begun */

static int switch_in_ring(struct thread *thread) {
  struct ring *ring = thread->arg;
  bool last = thread->number + 1 == MEMBERS - IDLE;
  struct gv_greenlet *next = last ? &thread->greenlet->family->main : ring->threads[thread->number + 1].greenlet;
  int status;
  while ((status = greenlet_switch(thread->greenlet, next)) == GV_OK)
    switches++;
  return status;
}

static void park_member(struct thread *thread) {
  struct ring *ring = thread->arg;
  park(ring->first_place + thread->number, thread->status);
}

static void ring_start(struct ring *ring, struct gv_family *family, int (*body)(struct thread *)) {
  ring->kernel_thread = kernel_thread();
  ring->threads = threads_start(family, MEMBERS, body, ring);
  for (int i = 0; i < MEMBERS; i++)
    ring->threads[i].ended = park_member;
}

static void *run_ring(void *arg) {
  struct ring *ring = arg;
  struct gv_family *family = family_new();
  ring_start(ring, family, switch_in_ring);
  ready++;
  int status;
  while ((status = greenlet_switch(&family->main, ring->threads[0].greenlet)) == GV_OK)
    switches++;
  park(ring->first_place + MEMBERS, status);
}

/* ---- a family that starts and finishes greenlets ---- */

static int spares_first_place;

static int finish_at_once(struct thread *thread) {
  (void)thread;
  return GV_OK;
}

static void park_spare(struct thread *thread) {
  park(spares_first_place + thread->number, thread->status);
}

static void *run_spares(void *unused) {
  (void)unused;
  struct gv_family *family = family_new();
  ready++;
  int status = GV_OK;
  while (status == GV_OK) {
    bool low;
    struct gv_greenlet *greenlet = greenlet_take(family, &low);
    if (greenlet == NULL)
      status = GV_EEXIT; /* nobody else takes from the pool */
    else
      status = greenlet_switch(&family->main, greenlet);
  }
  park(spares_first_place + SPARES, status);
}

static void spares_start(void) {
  static struct thread threads[SPARES];
  for (int i = 0; i < SPARES; i++) {
    thread_start(&threads[i], i, finish_at_once, NULL);
    threads[i].ended = park_spare;
    lender_await(&threads[i].greenlet->lender);
    pool_put(&threads[i].greenlet->lender);
  }
}

/* ---- called by a thread that is no greenlet ---- */

static void thread_new(void *(*main)(void *), void *arg) {
  pthread_t id;
  check_equal(pthread_create(&id, NULL, main, arg), 0);
  check_equal(pthread_detach(id), 0);
}

static void start_all(struct ring *rings, int count) {
  check_equal(pool_bounds(SPARES, SPARES), GV_OK);
  int place = 0;
  for (int i = 0; i < RINGS; i++, place += MEMBERS + 1)
    rings[i].first_place = place;
  spares_first_place = place;
  spares_start();
  for (int i = 0; i < count; i++)
    thread_new(run_ring, &rings[i]);
  thread_new(run_spares, NULL);
}

static void await_switches(int families, long count) {
  while (ready < families || switches < count)
    sched_yield();
}

static void exit_while_others_switch(void *arg) {
  struct ring rings[RINGS];
  start_all(rings, RINGS);
  await_switches(RINGS + 1, *(int *)arg); /* each try at another moment */
  greenlet_exit_all();
  check_all_return_once();
  for (int i = 0; i < RINGS; i++) {
    check_equal(returns.where[rings[i].first_place + MEMBERS], rings[i].kernel_thread);
    for (int j = 0; j < MEMBERS; j++)
      check_equal(returns.where[rings[i].first_place + j], rings[i].threads[j].kernel_thread);
  }
}

static void all_come_back_once_when_the_process_ends(void **state) {
  (void)state;
  for (int try = 0; try < 300; try += 300 / scaled(300)) {
    int count = 100 + 13 * try;
    assert_int_equal(in_child(exit_while_others_switch, &count), 0);
  }
}

/* ---- called by a greenlet ---- */

static int call_exit(struct thread *thread) {
  struct ring *ring = thread->arg;
  if (thread->number != 1) {
    int status = thread_pause(thread);
    return status;
  }
  check_equal(kernel_thread(), by_swap() ? ring->kernel_thread : thread->kernel_thread);
  greenlet_exit_all();
  check_equal(kernel_thread(), thread->kernel_thread);
  check(pthread_equal(pthread_self(), thread->id));
  return GV_EEXIT; /* for park_member to note */
}

static void exit_from_a_greenlet(void *arg) {
  struct ring rings[RINGS];
  struct ring *mine = &rings[RINGS - 1];
  start_all(rings, RINGS - 1);
  await_switches(RINGS, *(int *)arg);
  struct gv_family *family = family_new();
  ring_start(mine, family, call_exit);
  check_equal(thread_enter(&mine->threads[0]), GV_OK);
  note_return(mine->first_place + MEMBERS, thread_enter(&mine->threads[1]));
  check_equal(kernel_thread(), mine->kernel_thread);
  check_all_return_once();
  for (int i = 0; i < MEMBERS; i++)
    check_equal(returns.where[mine->first_place + i], mine->threads[i].kernel_thread);
}

static void a_greenlet_that_ends_the_process_goes_on_upon_its_own_kernel_thread(void **state) {
  (void)state;
  for (int try = 0; try < 100; try += 100 / scaled(100)) {
    int count = 100 + 13 * try;
    assert_int_equal(in_child(exit_from_a_greenlet, &count), 0);
  }
}

/* ---- called by main ---- */

static int pause_once(struct thread *thread) {
  return thread_pause(thread);
}

static void exit_from_main(void *arg) {
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, MEMBERS, pause_once, NULL);
  for (int i = 0; i < MEMBERS; i++)
    check_equal(thread_enter(&threads[i]), GV_OK);
  long here = kernel_thread();
  greenlet_exit_all();
  check_equal(kernel_thread(), here);
  threads_join(threads, MEMBERS, GV_EEXIT);
}

static void a_main_greenlet_that_ends_the_process_stays_where_it_is(void **state) {
  (void)state;
  assert_int_equal(in_child(exit_from_main, NULL), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_main_greenlet_that_ends_the_process_stays_where_it_is),
      cmocka_unit_test(a_greenlet_that_ends_the_process_goes_on_upon_its_own_kernel_thread),
      cmocka_unit_test(all_come_back_once_when_the_process_ends),
  };
  greenlet_exit_prepare(); /* the children inherit it */
  return run_guarded(tests);
}
