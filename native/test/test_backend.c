/*
 * Which way of switching a process uses. It is chosen once, so that each case has a process of its own.
 */
#include "threads.h"

static void use_baton(void *arg) {
  (void)arg;
  setenv("GEVENT4J_SWITCH", "baton", 1);
  check(strcmp(lend_backend(), "baton") == 0);
  check(strcmp(lend_refusal(), "") == 0);
  unsetenv("GEVENT4J_SWITCH"); /* it stays with its choice */
  check(strcmp(lend_backend(), "baton") == 0);
  struct lender lender;
  check_equal(lender_init(&lender, 0), GV_OK);
  check(lender.baton != NULL);
  check(lender.berth == NULL);
  lender_term(&lender);
}

static void use_swap_if_it_can(void *arg) {
  if (arg != NULL)
    setenv("GEVENT4J_SWITCH", arg, 1);
  else
    unsetenv("GEVENT4J_SWITCH");
  const char *reason = swap_refusal();
  check(strcmp(lend_backend(), reason == NULL ? "swap" : "baton") == 0);
  check(strcmp(lend_refusal(), reason == NULL ? "" : reason) == 0);
  struct lender lender;
  check_equal(lender_init(&lender, 0), GV_OK);
  check((lender.baton == NULL) == (reason == NULL));
  check((lender.berth == NULL) == (reason != NULL));
  lender_term(&lender);
}

static void the_environment_chooses_the_baton(void **state) {
  (void)state;
  assert_int_equal(in_child(use_baton, NULL), 0);
}

static void swap_is_chosen_where_it_works(void **state) {
  (void)state;
  assert_int_equal(in_child(use_swap_if_it_can, NULL), 0);
  assert_int_equal(in_child(use_swap_if_it_can, "swap"), 0);
}

static void an_unknown_wish_is_none(void **state) {
  (void)state;
  assert_int_equal(in_child(use_swap_if_it_can, "button"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_environment_chooses_the_baton),
      cmocka_unit_test(swap_is_chosen_where_it_works),
      cmocka_unit_test(an_unknown_wish_is_none),
  };
  return run_guarded(tests);
}
