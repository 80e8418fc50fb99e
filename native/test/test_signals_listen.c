/*
 * Listeners of signals: what arrives, whose handler is there when, and that nobody is told after he has left.
 */
#include "signals.h"

#include "threads.h"

#include <errno.h>
#include <time.h>

/* ---- a listener that counts ---- */

struct ear {
  struct listener listener;
  _Atomic bool open; /* it may be told */
  _Atomic int woken;
  int other; /* a signal that is sent meanwhile, if any */
};

static _Atomic int inside; /* handlers that run; one test at a time, on one thread at a time */

static void wake(void *arg) {
  struct ear *ear = arg;
  check(ear->open);
  check_equal(++inside, 1);
  if (ear->other != 0)
    raise(ear->other);
  --inside;
  ear->woken++;
}

static int ear_open(struct ear *ear, int number) {
  *ear = (struct ear){.listener = {.number = number, .wake = wake, .arg = ear}, .open = true};
  return signals_listen(&ear->listener);
}

static void ear_close(struct ear *ear) {
  signals_forget(&ear->listener);
  ear->open = false;
}

static void await_count(const _Atomic int *count, int least) {
  while (*count < least)
    sched_yield();
}

static void ignore_it(int number) {
  (void)number;
}

static struct sigaction action_of(int number) {
  struct sigaction action;
  check_equal(sigaction(number, NULL, &action), 0);
  return action;
}

/* ---- what arrives ---- */

static void those_that_are_not_refused_arrive(void **state) {
  (void)state;
  const int numbers[] = {SIGHUP,   SIGINT,       SIGQUIT,  SIGTERM, SIGUSR1,
                         SIGCHLD,  SIGWINCH,     SIGCONT,  SIGTSTP, SIGURG,
#ifdef SIGRTMIN
                         SIGRTMIN, SIGRTMIN + 1, SIGRTMAX,
#endif
                         SIGIO};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct ear ear;
    assert_int_equal(signals_check(numbers[i]), GV_OK);
    assert_int_equal(ear_open(&ear, numbers[i]), GV_OK);
    assert_int_equal(raise(numbers[i]), 0);
    assert_int_equal(ear.listener.arrived, 1);
    ear_close(&ear);
  }
  assert_int_equal(signals_check(SIGALRM), GV_OK); /* the watchdog's, here */
}

static void send_one_by_one(void *arg) {
  struct ear *ear = arg;
  for (int i = 1; i <= 100; i++) {
    check_equal(kill(getpid(), SIGTERM), 0);
    await_count(&ear->woken, i); /* two at once may count as one */
  }
}

static void each_signal_from_another_thread_is_counted(void **state) {
  (void)state;
  struct ear ear;
  assert_int_equal(ear_open(&ear, SIGTERM), GV_OK);
  on_thread(send_one_by_one, &ear);
  assert_int_equal(ear.woken, 100);
  assert_int_equal(atomic_exchange(&ear.listener.arrived, 0), 100);
  assert_int_equal(kill(getpid(), SIGTERM), 0);
  await_count(&ear.woken, 101);
  assert_int_equal(ear.listener.arrived, 1);
  ear_close(&ear);
}

static void those_of_other_numbers_do_not_arrive(void **state) {
  (void)state;
  struct ear ear, other;
  assert_int_equal(ear_open(&ear, SIGTERM), GV_OK);
  assert_int_equal(ear_open(&other, SIGUSR1), GV_OK);
  raise(SIGUSR1);
  assert_int_equal(other.woken, 1);
  assert_int_equal(ear.woken, 0);
  ear_close(&other);
  ear_close(&ear);
}

static void all_listeners_of_a_signal_are_told(void **state) {
  enum { EARS = 3 };
  (void)state;
  struct ear ears[EARS];
  signal(SIGUSR1, ignore_it);
  for (int leaving = 0; leaving < EARS; leaving++) { /* the first, one between, the last */
    for (int i = 0; i < EARS; i++)
      assert_int_equal(ear_open(&ears[i], SIGUSR1), GV_OK);
    raise(SIGUSR1);
    ear_close(&ears[leaving]);
    raise(SIGUSR1);
    for (int i = 0; i < EARS; i++)
      assert_int_equal(ears[i].listener.arrived, i == leaving ? 1 : 2);
    for (int i = 1; i < EARS; i++) {
      assert_ptr_not_equal(action_of(SIGUSR1).sa_handler, ignore_it);
      ear_close(&ears[(leaving + i) % EARS]);
    }
    assert_ptr_equal(action_of(SIGUSR1).sa_handler, ignore_it);
  }
  signal(SIGUSR1, SIG_DFL);
}

static void one_that_left_can_leave_again_and_come_back(void **state) {
  (void)state;
  struct ear ear, other;
  assert_int_equal(ear_open(&other, SIGUSR1), GV_OK);
  assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
  raise(SIGUSR1);
  ear_close(&ear);
  ear_close(&ear);
  assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
  assert_int_equal(ear.listener.arrived, 0);
  raise(SIGUSR1);
  assert_int_equal(ear.listener.arrived, 1);
  assert_int_equal(other.listener.arrived, 2);
  ear_close(&ear);
  ear_close(&other);
}

/* The stack of a berth is small. */
static void handlers_do_not_interrupt_each_other(void **state) {
  (void)state;
  struct ear ear, other;
  assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
  assert_int_equal(ear_open(&other, SIGTERM), GV_OK);
  ear.other = SIGTERM;
  raise(SIGUSR1); /* wake itself checks */
  await_count(&other.woken, 1);
  assert_int_equal(ear.woken, 1);
  ear_close(&ear);
  ear_close(&other);
}

/* ---- whose handler ---- */

static void note(int number, siginfo_t *info, void *context) {
  (void)number, (void)info, (void)context;
}

static void the_old_handler_is_back_afterwards(void **state) {
  (void)state;
  struct sigaction old = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigemptyset(&old.sa_mask);
  sigaddset(&old.sa_mask, SIGWINCH);
  struct ear ear;
  for (int i = 0; i < 2; i++) { /* not only the first time */
    sigaction(SIGUSR1, &old, NULL);
    assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
    struct sigaction ours = action_of(SIGUSR1);
    assert_ptr_not_equal(ours.sa_sigaction, note);
    assert_int_equal(ours.sa_flags & (SA_RESTART | SA_ONSTACK), SA_RESTART | SA_ONSTACK);
    assert_false(sigismember(&ours.sa_mask, SIGSEGV));
    ear_close(&ear);
    struct sigaction now = action_of(SIGUSR1);
    assert_ptr_equal(now.sa_sigaction, note);
    assert_int_equal(now.sa_flags & (SA_SIGINFO | SA_NODEFER | SA_RESTART | SA_ONSTACK), SA_SIGINFO | SA_NODEFER);
    assert_true(sigismember(&now.sa_mask, SIGWINCH));
    assert_false(sigismember(&now.sa_mask, SIGTERM));
  }
  signal(SIGUSR1, SIG_IGN);
  assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
  ear_close(&ear);
  assert_ptr_equal(action_of(SIGUSR1).sa_handler, SIG_IGN);
  signal(SIGUSR1, SIG_DFL);
}

static void a_handler_that_came_later_stays(void **state) {
  (void)state;
  struct ear ear;
  assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
  signal(SIGUSR1, ignore_it);
  ear_close(&ear);
  assert_ptr_equal(action_of(SIGUSR1).sa_handler, ignore_it);
  assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
  raise(SIGUSR1);
  assert_int_equal(ear.listener.arrived, 1);
  ear_close(&ear);
  assert_ptr_equal(action_of(SIGUSR1).sa_handler, ignore_it);
  signal(SIGUSR1, SIG_DFL);
}

static void the_mask_of_the_thread_stays_as_it_was(void **state) {
  (void)state;
  sigset_t set, now;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  struct ear ear;
  for (int i = 0; i < 2; i++) {
    if (i == 0)
      assert_int_equal(ear_open(&ear, SIGUSR1), GV_OK);
    else
      ear_close(&ear);
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    assert_true(sigismember(&now, SIGWINCH));
    assert_false(sigismember(&now, SIGUSR1));
    assert_false(sigismember(&now, SIGTERM));
  }
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* ---- errno ---- */

static int ends[2]; /* of a pipe */

static void write_to_it(void *arg) {
  (void)arg;
  check_equal(write(ends[1], "", 1), 1);
}

#if !defined(__SANITIZE_THREAD__)
static void set_errno(void *arg) {
  (void)arg;
  errno = EDOM;
}
#endif

static void errno_is_left_alone(void **state) {
  (void)state;
  assert_int_equal(pipe(ends), 0);
  struct listener listener = {.number = SIGUSR1, .wake = write_to_it};
  assert_int_equal(signals_listen(&listener), GV_OK);
  errno = ERANGE;
  raise(SIGUSR1);
  assert_int_equal(errno, ERANGE);
  char byte;
  assert_int_equal(read(ends[0], &byte, 1), 1);
#if !defined(__SANITIZE_THREAD__) /* which finds that a fault */
  listener.wake = set_errno;
  raise(SIGUSR1);
  assert_int_equal(errno, EDOM); /* it isn't put back either: that would be a write too */
#endif
  signals_forget(&listener);
  close(ends[0]);
  close(ends[1]);
}

/* A greenlet whose own kernel thread takes signals meanwhile: by swap on its berth. */
static int expect_no_errno(struct thread *thread) {
  struct listener *listener = thread->arg;
  errno = ERANGE;
  for (uint32_t i = 1; i <= 100; i++) {
    check_equal(pthread_kill(thread->id, SIGUSR1), 0);
    while (listener->arrived < i)
      sched_yield();
    check_equal(errno, ERANGE);
  }
  return GV_OK;
}

static void signals_arrive_on_berths(void **state) {
  (void)state;
  assert_int_equal(pipe(ends), 0);
  struct listener listener = {.number = SIGUSR1, .wake = write_to_it};
  assert_int_equal(signals_listen(&listener), GV_OK);
  struct gv_family *family = family_without_spares();
  struct thread *threads = threads_start(family, 1, expect_no_errno, &listener);
  assert_int_equal(thread_enter(&threads[0]), GV_OK);
  threads_join(threads, 1, GV_ESPARE);
  assert_int_equal(listener.arrived, 100);
  signals_forget(&listener);
  close(ends[0]);
  close(ends[1]);
}

/* ---- a storm ---- */

enum { GUESTS = 2, STAYS = 64, STORM_MILLISECONDS = 1000 };

struct stay {
  struct listener listener;
  _Atomic bool over;
};

/* Two guests come and go as listeners while signals of two numbers rain on both. */
struct storm {
  int numbers[2];
  _Atomic bool calm; /* no more signals are sent */
  _Atomic bool over;
  struct guest {
    struct storm *storm;
    struct stay stays[STAYS];
    _Atomic long told;
    pthread_t id;
  } guests[GUESTS];
};

static void stay_for_a_while(void *arg) {
  struct stay *stay = arg;
  for (int i = 0; i < 100; i++)
    check(!stay->over);
}

static void *come_and_go(void *arg) {
  struct guest *guest = arg;
  for (unsigned i = 0; !guest->storm->over; i++) {
    struct stay *stay = &guest->stays[i % STAYS];
    stay->over = false;
    stay->listener =
        (struct listener){.number = guest->storm->numbers[i / 3 % 2], .wake = stay_for_a_while, .arg = stay};
    check_equal(signals_listen(&stay->listener), GV_OK);
    if (i % 2 == 0)
      sched_yield();
    signals_forget(&stay->listener);
    stay->over = true;
    stay->listener.wake = NULL;
    guest->told += stay->listener.arrived;
  }
  return NULL;
}

static void *send_until_calm(void *arg) {
  struct storm *storm = arg;
  for (unsigned i = 0; !storm->calm; i++)
    check_equal(pthread_kill(storm->guests[i % GUESTS].id, storm->numbers[i / GUESTS % 2]), 0);
  return NULL;
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void nobody_is_told_after_he_left_in_a_storm(void **state) {
  (void)state;
  static struct storm storm = {.numbers = {SIGUSR1, SIGTERM}};
  for (int i = 0; i < 2; i++)
    signal(storm.numbers[i], ignore_it);
  for (int i = 0; i < GUESTS; i++) {
    storm.guests[i].storm = &storm;
    assert_int_equal(pthread_create(&storm.guests[i].id, NULL, come_and_go, &storm.guests[i]), 0);
  }
  pthread_t sender;
  assert_int_equal(pthread_create(&sender, NULL, send_until_calm, &storm), 0);
  long end = milliseconds() + STORM_MILLISECONDS;
  while (milliseconds() < end || storm.guests[0].told == 0 || storm.guests[1].told == 0)
    usleep(1000);
  storm.calm = true;
  pthread_join(sender, NULL);
  storm.over = true;
  for (int i = 0; i < GUESTS; i++)
    pthread_join(storm.guests[i].id, NULL);
  print_message("the guests were told %ld and %ld times\n", storm.guests[0].told, storm.guests[1].told);
  for (int i = 0; i < 2; i++) {
    assert_ptr_equal(action_of(storm.numbers[i]).sa_handler, ignore_it);
    signal(storm.numbers[i], SIG_DFL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(those_that_are_not_refused_arrive),
      cmocka_unit_test(each_signal_from_another_thread_is_counted),
      cmocka_unit_test(those_of_other_numbers_do_not_arrive),
      cmocka_unit_test(all_listeners_of_a_signal_are_told),
      cmocka_unit_test(one_that_left_can_leave_again_and_come_back),
      cmocka_unit_test(handlers_do_not_interrupt_each_other),
      cmocka_unit_test(the_old_handler_is_back_afterwards),
      cmocka_unit_test(a_handler_that_came_later_stays),
      cmocka_unit_test(the_mask_of_the_thread_stays_as_it_was),
      cmocka_unit_test(errno_is_left_alone),
      cmocka_unit_test(signals_arrive_on_berths),
      cmocka_unit_test(nobody_is_told_after_he_left_in_a_storm),
  };
  return run_guarded(tests);
}
