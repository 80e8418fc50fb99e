/*
 * Ten thousand greenlets on one kernel thread, each in its turn: by way of main, then from one to the next.
 */
#include "threads.h"

enum { GREENLETS = 10000 };

struct ring {
  struct thread *threads;
  int count;
  int rounds; /* of each kind */
  long turn;  /* whose: the turn of greenlet i in round r is r * count + i */
};

static void take_turn(struct thread *thread, int round) {
  struct ring *ring = thread->arg;
  check_equal(ring->turn, (long)round * ring->count + thread->number);
  ring->turn++;
}

static int take_turns(struct thread *thread) {
  struct ring *ring = thread->arg;
  int round = 0;
  for (; round < ring->rounds; round++) {
    take_turn(thread, round);
    check_equal(thread_pause(thread), GV_OK);
  }
  bool last = thread->number + 1 == ring->count;
  struct gv_greenlet *next = last ? &thread->greenlet->family->main : ring->threads[thread->number + 1].greenlet;
  for (; round < 2 * ring->rounds; round++) {
    take_turn(thread, round);
    check_equal(greenlet_switch(thread->greenlet, next), GV_OK);
  }
  return GV_OK;
}

static void run_ring(void *arg) {
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct ring ring = {.count = scaled(GREENLETS), .rounds = by_swap() ? 10 : 1}; /* the baton is slow */
  ring.threads = threads_start(family, ring.count, take_turns, &ring);
  for (int round = 0; round < ring.rounds; round++)
    for (int i = 0; i < ring.count; i++)
      check_equal(thread_enter(&ring.threads[i]), GV_OK);
  for (int round = ring.rounds; round < 2 * ring.rounds; round++) {
    check_equal(thread_enter(&ring.threads[0]), GV_OK);
    check_equal(ring.turn, (round + 1L) * ring.count);
  }
  for (int i = 0; i < ring.count; i++) /* to their ends */
    check_equal(thread_enter(&ring.threads[i]), GV_OK);
  check_equal(ring.turn, 2L * ring.rounds * ring.count);
  threads_join(ring.threads, ring.count, GV_ESPARE);
}

static void ten_thousand_take_turns(void **state) {
  (void)state;
  on_thread(run_ring, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ten_thousand_take_turns),
  };
  return run_guarded(tests);
}
