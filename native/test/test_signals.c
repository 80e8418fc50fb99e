/*
 * Signals during swaps: an interval timer whose handler runs on whichever stack its kernel thread is just at, and
 * signals to the kernel threads of greenlets, whose handlers run on the berths.
 */
#include "registers.h"

#include <sys/time.h>
#include <time.h>

enum { GREENLETS = 8, SECONDS = 2, TICK_MICROSECONDS = 1000 };

static struct {
  struct thread *threads;
  _Atomic uintptr_t stacks[GREENLETS]; /* up to where each greenlet uses its stack; 0 before it runs */
  _Atomic long ticks;                  /* SIGALRM */
  _Atomic long received[GREENLETS];    /* SIGUSR1, sent to each */
  _Atomic long on_greenlets;
  _Atomic long on_berths;
  _Atomic bool over;
} signals;

static bool lies_within(uintptr_t address, uintptr_t top, size_t size) {
  return address < top && address >= top - size;
}

/* Which greenlet's stack, or berth, an address is on; -1 for none. */
static int stack_at(uintptr_t address) {
  for (int i = 0; i < GREENLETS; i++)
    if (lies_within(address, signals.stacks[i], stack_size()))
      return i;
  return -1;
}

static int berth_at(uintptr_t address) {
  enum { BERTH_SIZE = 32 * 1024 };
  for (int i = 0; i < GREENLETS; i++)
    if (lies_within(address, (uintptr_t)signals.threads[i].greenlet->lender.berth, BERTH_SIZE))
      return i;
  return -1;
}

/* A few KiB of stack and other values in the registers than those whom it interrupts have. */
__attribute__((noinline, no_sanitize("address", "undefined"))) static bool use_stack_and_registers(int number) {
  volatile unsigned char space[4096];
  volatile double values[8];
  for (size_t i = 0; i < sizeof space; i++)
    space[i] = (unsigned char)(i + (size_t)number);
  for (int i = 0; i < 8; i++)
    values[i] = i * 0.5 + number;
  double sum = 0;
  for (int i = 0; i < 8; i++)
    sum += values[i];
  for (size_t i = 0; i < sizeof space; i++)
    if (space[i] != (unsigned char)(i + (size_t)number))
      return false;
  return sum == 14 + 8.0 * number;
}

/*
 * It may run on a berth, with an identity that another kernel thread is using: so no errno, no thread-local variable,
 * no sanitizer.
 */
__attribute__((no_sanitize("address", "undefined"))) static void note(int number, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)__builtin_frame_address(0);
  int berth = berth_at(address), stack = stack_at(address);
  if (berth >= 0)
    signals.on_berths++;
  if (stack >= 0)
    signals.on_greenlets++;
  if (!use_stack_and_registers(number) || info->si_signo != number)
    abort();
  if (number == SIGALRM) {
    if (++signals.ticks > WATCHDOG_SECONDS * (1000000L / TICK_MICROSECONDS))
      abort(); /* the timer has taken alarm's place */
  } else if (by_swap() ? berth >= 0 : stack >= 0) {
    signals.received[by_swap() ? berth : stack]++;
  }
}

static int switch_to(void *from, void *to) {
  return greenlet_switch(from, to);
}

static int compute_and_switch(struct thread *thread) {
  signals.stacks[thread->number] = (uintptr_t)__builtin_frame_address(0); /* signals land below */
  double before = thread->number, after = thread->number;
  uint64_t seed = (uint64_t)thread->number + 1;
  while (!signals.over) {
    before = before * 0.999 + 1; /* both the same, unless a register or the stack was changed between */
    check_equal(keeping_registers(switch_to, thread->greenlet, &thread->greenlet->family->main, seed++), GV_OK);
    after = after * 0.999 + 1;
    check(before == after);
  }
  return GV_OK;
}

/* Sends to one greenlet's kernel thread after the other, each time until the handler of that one has run. */
static void *send_signals(void *arg) {
  long *sent = arg;
  while (!signals.over) {
    for (int i = 0; i < GREENLETS; i++) {
      long before = signals.received[i];
      check_equal(pthread_kill(signals.threads[i].id, SIGUSR1), 0);
      while (signals.received[i] == before)
        sched_yield();
      check_equal(signals.received[i], before + 1);
    }
    ++*sent;
  }
  return NULL;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void set_timer(int microseconds) {
  struct timeval interval = {0, microseconds};
  check_equal(setitimer(ITIMER_REAL, &(struct itimerval){interval, interval}, NULL), 0);
}

/* On the process's first thread, which is whom the kernel prefers for a signal to the process. */
static void signals_arrive_on_every_kind_of_stack(void **state) {
  (void)state;
  struct gv_family *family = family_without_spares();
  signals.threads = threads_start(family, GREENLETS, compute_and_switch, NULL);
  for (int i = 0; i < GREENLETS; i++)
    assert_int_equal(thread_enter(&signals.threads[i]), GV_OK);

  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGALRM, &action, NULL);
  sigaction(SIGUSR1, &action, NULL);
  set_timer(TICK_MICROSECONDS);
  long sent = 0;
  pthread_t sender;
  assert_int_equal(pthread_create(&sender, NULL, send_signals, &sent), 0);

  uint64_t switches = 0;
  for (double end = seconds() + SECONDS; seconds() < end || signals.ticks == 0 || signals.on_greenlets == 0;)
    for (int i = 0; i < GREENLETS; i++, switches++)
      check_equal(keeping_registers(switch_to, &family->main, signals.threads[i].greenlet, switches), GV_OK);

  signals.over = true;
  pthread_join(sender, NULL);
  set_timer(0);
  signal(SIGALRM, SIG_DFL);
  alarm(WATCHDOG_SECONDS);
  for (int i = 0; i < GREENLETS; i++) {
    assert_int_equal(signals.received[i], sent);
    assert_int_equal(thread_enter(&signals.threads[i]), GV_OK);
  }
  assert_true(sent > 0);
  assert_true(signals.on_greenlets > 0);
  assert_true(by_swap() == (signals.on_berths > 0));
  print_message("%ld ticks, %ld x %d signals to lenders; %ld on greenlets, %ld on berths; %llu switches\n",
                signals.ticks, sent, GREENLETS, signals.on_greenlets, signals.on_berths, (unsigned long long)switches);
  threads_join(signals.threads, GREENLETS, GV_ESPARE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(signals_arrive_on_every_kind_of_stack),
  };
  return run_guarded(tests);
}
