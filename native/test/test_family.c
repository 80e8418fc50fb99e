/*
 * A kernel thread that ends while greenlets of its family are suspended: they are released one after the other, each on
 * its own kernel thread, and the last one frees the family (as ASan's leak check sees).
 */
#include "threads.h"

enum { GREENLETS = 16 };

struct family_end {
  struct thread *threads;
  int visits;          /* how often main enters each before it ends */
  _Atomic int running; /* greenlets between their release and their end: 0 or 1 */
  _Atomic int released;
  _Atomic bool owner_left;
};

/* A plain thread's end, seen from a greenlet's body: what the VM's thread does between its release and its last call.
 */
static int end(struct thread *thread, int status) {
  struct family_end *family_end = thread->arg;
  check_equal(status, GV_EOWNER);
  check(family_end->owner_left);
  check_equal(kernel_thread(), thread->kernel_thread);
  check_equal(family_end->running++, 0);
  for (int i = 0; i < 10; i++) { /* time enough for another one to come by mistake */
    check_equal(family_end->running, 1);
    sched_yield();
  }
  family_end->released++;
  check_equal(--family_end->running, 0);
  return status;
}

static int stay_until_released(struct thread *thread) {
  int status;
  while ((status = thread_pause(thread)) == GV_OK)
    ;
  return end(thread, status);
}

static void own_and_leave(void *arg) {
  struct family_end *family_end = arg;
  struct gv_family *family = family_without_spares();
  family_end->threads = threads_start(family, GREENLETS, stay_until_released, family_end);
  for (int visit = 0; visit < family_end->visits; visit++)
    for (int i = 0; i < GREENLETS; i++)
      check_equal(thread_enter(&family_end->threads[i]), GV_OK);
  family_end->owner_left = true;
}

static void greenlets_are_released_one_after_the_other(void **state) {
  (void)state;
  for (int round = 0; round < scaled(50); round++) {
    struct family_end family_end = {.visits = 1 + round % 3};
    on_thread(own_and_leave, &family_end);
    threads_join(family_end.threads, GREENLETS, GV_EOWNER);
    assert_int_equal(family_end.released, GREENLETS);
  }
}

static void greenlets_that_were_never_entered_are_released_too(void **state) {
  (void)state;
  struct family_end family_end = {.visits = 0};
  on_thread(own_and_leave, &family_end);
  threads_join(family_end.threads, GREENLETS, GV_EOWNER); /* none of them ran its body */
  assert_int_equal(family_end.released, 0);
}

/* ---- those that have ended before ---- */

static int end_if_even(struct thread *thread) {
  int status = thread_pause(thread);
  return status == GV_OK && thread->number % 2 == 0 ? GV_OK
                                                    : end(thread, status == GV_OK ? thread_pause(thread) : status);
}

static void own_until_half_have_ended(void *arg) {
  struct family_end *family_end = arg;
  struct gv_family *family = family_without_spares();
  family_end->threads = threads_start(family, GREENLETS, end_if_even, family_end);
  for (int visit = 0; visit < 2; visit++)
    for (int i = 0; i < GREENLETS; i++)
      check_equal(thread_enter(&family_end->threads[i]), GV_OK);
  family_end->owner_left = true;
}

static void greenlets_that_have_finished_are_none_of_its_business(void **state) {
  (void)state;
  struct family_end family_end = {.visits = 2};
  on_thread(own_until_half_have_ended, &family_end);
  for (int i = 0; i < GREENLETS; i++) {
    thread_join(&family_end.threads[i]);
    assert_int_equal(family_end.threads[i].status, i % 2 == 0 ? GV_ESPARE : GV_EOWNER);
  }
  free(family_end.threads);
  assert_int_equal(family_end.released, GREENLETS / 2);
}

/* ---- nobody there ---- */

static void own_nobody(void *arg) {
  (void)arg;
  check(family_new() != NULL);
}

static void a_family_of_main_alone_ends_with_its_thread(void **state) {
  (void)state;
  for (int i = 0; i < scaled(100); i++)
    on_thread(own_nobody, NULL);
}

/* ---- a second family for the same kernel thread ---- */

static int switch_a_few_times(struct thread *thread) {
  for (int i = 0; i < *(int *)thread->arg; i++)
    check_equal(thread_pause(thread), GV_OK);
  return GV_OK;
}

static void own_twice(void *arg) {
  struct family_end *former = arg;
  struct gv_family *family = family_without_spares();
  former->threads = threads_start(family, GREENLETS, stay_until_released, former);
  for (int i = 0; i < GREENLETS; i++)
    check_equal(thread_enter(&former->threads[i]), GV_OK);
  former->owner_left = true; /* as far as that family is concerned */
  family = family_new();
  check(family != NULL);

  int rounds = scaled(1000);
  struct thread *threads = threads_start(family, 2, switch_a_few_times, &rounds);
  for (int round = 0; round <= rounds; round++)
    for (int i = 0; i < 2; i++)
      check_equal(thread_enter(&threads[i]), GV_OK);
  threads_join(threads, 2, GV_ESPARE);
}

static void a_second_family_ends_the_first_and_goes_on(void **state) {
  (void)state;
  struct family_end former = {.visits = 1};
  on_thread(own_twice, &former);
  threads_join(former.threads, GREENLETS, GV_EOWNER);
  assert_int_equal(former.released, GREENLETS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(greenlets_are_released_one_after_the_other),
      cmocka_unit_test(greenlets_that_were_never_entered_are_released_too),
      cmocka_unit_test(greenlets_that_have_finished_are_none_of_its_business),
      cmocka_unit_test(a_family_of_main_alone_ends_with_its_thread),
      cmocka_unit_test(a_second_family_ends_the_first_and_goes_on),
  };
  return run_guarded(tests);
}
