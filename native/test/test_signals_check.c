/*
 * Signals: their names, and which of them are refused.
 */
#include "signals.h"

#include "threads.h"

/* ---- names ---- */

static void names_are_known_with_and_without_sig(void **state) {
  (void)state;
  assert_int_equal(signals_number("SIGTERM"), SIGTERM);
  assert_int_equal(signals_number("TERM"), SIGTERM);
  assert_int_equal(signals_number("SIGINT"), SIGINT);
  assert_int_equal(signals_number("CHLD"), SIGCHLD);
  assert_int_equal(signals_number("SIGKILL"), SIGKILL);
  assert_int_equal(signals_number("IOT"), SIGABRT);
  assert_string_equal(signals_name(SIGABRT), "ABRT");
  assert_string_equal(signals_name(SIGUSR1), "USR1");
  assert_null(signals_name(0));
  assert_null(signals_name(-1));
  assert_null(signals_name(NSIG));
  const char *unknown[] = {"",         "SIG",       "sigterm", "Term",   "SIGSIGTERM",
                           "SIGTERM ", "TERMINATE", "15",      "RTMIN+", "RTMIN+99"};
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
    assert_int_equal(signals_number(unknown[i]), GV_EINVAL);
#ifdef SIGRTMIN
  assert_int_equal(signals_number("SIGRTMIN"), SIGRTMIN);
  assert_int_equal(signals_number("RTMIN+1"), SIGRTMIN + 1);
  assert_int_equal(signals_number("SIGRTMIN+10"), SIGRTMIN + 10);
  assert_string_equal(signals_name(SIGRTMIN + 1), "RTMIN+1");
  assert_non_null(signals_name(SIGRTMAX));
#endif
}

static void each_signal_has_one_name(void **state) {
  (void)state;
  for (int number = 1; number < NSIG; number++) {
    const char *name = signals_name(number);
    if (name != NULL)
      assert_int_equal(signals_number(name), number);
    else
      assert_int_equal(signals_check(number), GV_EVM); /* the C library's */
  }
}

/* ---- which are refused ---- */

static void never(void *arg) {
  (void)arg;
  abort();
}

/* And that the handler stays as it is. */
static void assert_refused(int number, int status) {
  struct listener listener = {.number = number, .wake = never};
  struct sigaction before, after;
  bool known = number > 0 && number < NSIG && sigaction(number, NULL, &before) == 0; /* not the C library's own */
  assert_int_equal(signals_check(number), status);
  assert_int_equal(signals_listen(&listener), status);
  if (known) {
    assert_int_equal(sigaction(number, NULL, &after), 0);
    assert_ptr_equal(after.sa_handler, before.sa_handler);
  }
}

static void the_signals_of_the_vm_are_refused(void **state) {
  (void)state;
  const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPIPE, SIGXFSZ, SIGUSR2};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    assert_refused(numbers[i], GV_EVM);
#ifdef SIGRTMIN
  for (int number = 32; number < SIGRTMIN; number++)
    assert_refused(number, GV_EVM);
#endif
}

static void the_signal_that_suspends_is_the_one_that_was_chosen(void **state) {
  (void)state;
  const struct {
    const char *chosen;
    int refused, allowed;
  } choices[] = {
      {"14", 14, SIGUSR2},       {"30", 30, SIGUSR2},
      {"", SIGUSR2, SIGUSR1},    {"2", SIGUSR2, 2}, /* as HotSpot, which takes none that low */
      {"100", SIGUSR2, SIGUSR1}, {"none", SIGUSR2, SIGUSR1},
  };
  for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
    setenv("_JAVA_SR_SIGNUM", choices[i].chosen, 1);
    assert_int_equal(signals_check(choices[i].refused), GV_EVM);
    assert_int_equal(signals_check(choices[i].allowed), GV_OK);
  }
  unsetenv("_JAVA_SR_SIGNUM");
}

static void what_nobody_can_catch_is_refused(void **state) {
  (void)state;
  const int numbers[] = {SIGKILL, SIGSTOP, 0, -1, INT_MIN, NSIG, NSIG + 1, INT_MAX};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    assert_refused(numbers[i], GV_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_known_with_and_without_sig),
      cmocka_unit_test(each_signal_has_one_name),
      cmocka_unit_test(the_signals_of_the_vm_are_refused),
      cmocka_unit_test(the_signal_that_suspends_is_the_one_that_was_chosen),
      cmocka_unit_test(what_nobody_can_catch_is_refused),
  };
  return run_guarded(tests);
}
