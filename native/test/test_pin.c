/*
 * A kernel thread runs on the processors that it was given, and on no others.
 */
#define _GNU_SOURCE
#include "threads.h"

#include <sched.h>

#if defined(__linux__)

static int first_allowed(void) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &set))
    cpu++;
  return cpu;
}

static void pins_to_what_is_there(void **state) {
  (void)state;
  int32_t cpu = first_allowed();
  assert_int_equal(gv_thread_pin(&cpu, 1), GV_OK);
  cpu_set_t set;
  assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
  assert_int_equal(CPU_COUNT(&set), 1);
  assert_true(CPU_ISSET(cpu, &set));
}

static void refuses_what_is_not(void **state) {
  (void)state;
  const int32_t wrong[] = {-1, CPU_SETSIZE - 1, CPU_SETSIZE};
  for (int i = 0; i < 3; i++)
    assert_int_equal(gv_thread_pin(&wrong[i], 1), GV_EINVAL);
  assert_int_equal(gv_thread_pin(wrong, 0), GV_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pins_to_what_is_there),
      cmocka_unit_test(refuses_what_is_not),
  };
  return run_guarded(tests);
}
#else
int main(void) {
  const int32_t cpu = 0;
  return gv_thread_pin(&cpu, 1) == GV_EUNSUPPORTED ? 0 : 1;
}
#endif
