/*
 * Callee-saved registers, the alignment of stacks, and what a switch returns, on each way in and out of a strand.
 */
#include "registers.h"

static int lend(void *self, void *unused) {
  (void)unused;
  return lender_lend(self);
}

static int switch_to(void *from, void *to) {
  return lender_switch(from, to);
}

static int reclaim(void *self, void *to) {
  return lender_reclaim(self, to);
}

static int switch_then(void *from, void *to);

static struct lender *lender_of(struct thread *thread) {
  return &thread->greenlet->lender;
}

static struct lender *main_of(struct thread *thread) {
  return &thread->greenlet->family->main.lender;
}

/* ---- registers ---- */

static int keep_registers(struct thread *thread) {
  int rounds = *(int *)thread->arg;
  uint64_t seed = 1000 * (uint64_t)(thread->number + 1);
  for (int i = 0; i < rounds; i++)
    check_equal(keeping_registers(switch_to, lender_of(thread), main_of(thread), seed + (uint64_t)i), GV_OK);
  return GV_OK;
}

static void switch_with_registers(void *arg) {
  enum { GREENLETS = 4 };
  int rounds = scaled(10000);
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, GREENLETS, keep_registers, &rounds);
  for (int i = 0; i <= rounds; i++)
    for (int j = 0; j < GREENLETS; j++)
      check_equal(keeping_registers(switch_to, &family->main.lender, lender_of(&threads[j]), (uint64_t)i), GV_OK);
  threads_join(threads, GREENLETS, GV_ESPARE);
}

static void registers_survive_a_switch(void **state) {
  (void)state;
  on_thread(switch_with_registers, NULL);
}

static int keep_registers_while_reclaiming(struct thread *thread) {
  int rounds = *(int *)thread->arg;
  for (int i = 0; i < rounds; i++) {
    check_equal(keeping_registers(reclaim, lender_of(thread), main_of(thread), 2), GV_OK);
    check_equal(kernel_thread(), thread->kernel_thread);
    check_equal(keeping_registers(lend, lender_of(thread), NULL, 3), GV_OK);
  }
  return GV_OK;
}

static void reclaim_with_registers(void *arg) {
  int rounds = scaled(1000);
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, 1, keep_registers_while_reclaiming, &rounds);
  for (int i = 0; i <= rounds; i++) {
    lender_await(lender_of(&threads[0]));
    check_equal(keeping_registers(switch_to, &family->main.lender, lender_of(&threads[0]), 4), GV_OK);
  }
  threads_join(threads, 1, GV_ESPARE);
}

static void registers_survive_lend_and_reclaim(void **state) {
  (void)state;
  on_thread(reclaim_with_registers, NULL);
}

/* ---- alignment ---- */

/* A local that wants more than 16: its function aligns the stack itself, so that this one can't see how it came. */
__attribute__((noinline)) static void use_vector(double value) {
  _Alignas(32) volatile double vector[4] = {value, value, value, value};
  check((uintptr_t)vector % 32 == 0);
  check(vector[0] + vector[3] == 2 * value);
}

/* Variadic functions save vector registers to the stack with instructions that fault where it isn't 16-aligned. */
__attribute__((noinline)) static void use_aligned_stack(double value) {
#if defined(__x86_64__) || defined(__aarch64__)
  check((uintptr_t)__builtin_frame_address(0) % 16 == 0);
#endif
  char text[64], expected[64];
  int whole = (int)value;
  snprintf(text, sizeof text, "%.2f %.1f %.0f", value + 0.25, -value, value);
  snprintf(expected, sizeof expected, "%d.25 %d.0 %d", whole, -whole, whole);
  check(strcmp(text, expected) == 0);
  use_vector(value);
}

static void use_aligned_stack_then(void *value) {
  use_aligned_stack(*(double *)value);
}

static int switch_then(void *from, void *to) {
  double value = 77;
  return lender_switch_then(from, to, use_aligned_stack_then, &value);
}

static int use_aligned_stacks(struct thread *thread) {
  use_aligned_stack(thread->number + 1);
  check_equal(thread_pause(thread), GV_OK);
  use_aligned_stack(thread->number + 2);
  check_equal(keeping_registers(switch_then, lender_of(thread), main_of(thread), 5), GV_OK);
  use_aligned_stack(thread->number + 3);
  check_equal(lender_reclaim(lender_of(thread), main_of(thread)), GV_OK);
  use_aligned_stack(thread->number + 4);
  check_equal(lender_lend(lender_of(thread)), GV_OK);
  use_aligned_stack(thread->number + 5);
  return GV_OK;
}

static void print_on_each_stack(void *arg) {
  enum { GREENLETS = 8, VISITS = 4 };
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, GREENLETS, use_aligned_stacks, NULL);
  for (int visit = 0; visit < VISITS; visit++)
    for (int i = 0; i < GREENLETS; i++) {
      lender_await(lender_of(&threads[i]));
      check_equal(keeping_registers(switch_then, &family->main.lender, lender_of(&threads[i]), 6), GV_OK);
      use_aligned_stack(i + 1);
    }
  threads_join(threads, GREENLETS, GV_ESPARE);
}

static void each_stack_is_aligned(void **state) {
  (void)state;
  on_thread(print_on_each_stack, NULL);
}

/* ---- what it returns ---- */

static int return_status_of_release(struct thread *thread) {
  check_equal(thread_pause(thread), GV_OK);
  return thread_pause(thread);
}

static void release_after_switches(void *arg) {
  (void)arg;
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, 2, return_status_of_release, NULL);
  for (int visit = 0; visit < 2; visit++) {
    check_equal(thread_enter(&threads[0]), GV_OK);
    lender_await(lender_of(&threads[0])); /* with the baton it may still be on its way */
    check(lender_is_resting(lender_of(&threads[0])));
  }
  lender_release(lender_of(&threads[0]), GV_EOWNER);
  lender_release(lender_of(&threads[1]), GV_EINVAL); /* never entered */
  thread_join(&threads[0]);
  thread_join(&threads[1]);
  check_equal(threads[0].status, GV_EOWNER);
  check_equal(threads[1].status, GV_EINVAL);
  free(threads);
}

static void a_switch_returns_the_status_of_the_release(void **state) {
  (void)state;
  on_thread(release_after_switches, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(registers_survive_a_switch),
      cmocka_unit_test(registers_survive_lend_and_reclaim),
      cmocka_unit_test(each_stack_is_aligned),
      cmocka_unit_test(a_switch_returns_the_status_of_the_release),
  };
  return run_guarded(tests);
}
