/*
 * Many descriptors at once: what poll(2) and sets say of them, and who ends a wait.
 */
#include "pollset.h"

#include "clock.h"
#include "threads.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static int pair[2];

static int setup(void **state) {
  (void)state;
  return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int teardown(void **state) {
  (void)state;
  close(pair[0]);
  close(pair[1]);
  return 0;
}

static void say(int fd) {
  assert_int_equal(write(fd, "x", 1), 1);
}

/* ---- poll(2) ---- */

static void tellsWhatEachDescriptorHas(void **state) {
  (void)state;
  int32_t list[] = {pair[0], GV_POLLIN, 99,        pair[1], GV_POLLIN | GV_POLLOUT, 99, 12345, GV_POLLIN,
                    0,       -1,        GV_POLLIN, 99};
  assert_int_equal(poll_all(list, 4, 0), 2);
  assert_int_equal(list[2], 0);
  assert_int_equal(list[5], GV_POLLOUT);
  assert_int_equal(list[8], GV_POLLNVAL);
  assert_int_equal(list[11], 0);
  say(pair[1]);
  assert_int_equal(poll_all(list, 1, -1), 1);
  assert_int_equal(list[2], GV_POLLIN);
}

static void tellsOfMoreDescriptorsThanTheStackHolds(void **state) {
  (void)state;
  int32_t list[3 * 200];
  for (int i = 0; i < 200; i++) {
    list[3 * i] = i == 150 ? pair[1] : pair[0];
    list[3 * i + 1] = i == 150 ? GV_POLLOUT : GV_POLLIN;
  }
  assert_int_equal(poll_all(list, 200, 0), 1);
  assert_int_equal(list[3 * 150 + 2], GV_POLLOUT);
  assert_int_equal(list[3 * 149 + 2], 0);
}

static void waitsNoShorterThanAsked(void **state) {
  (void)state;
  int32_t list[] = {pair[0], GV_POLLIN, 0};
  int64_t start = clock_now();
  assert_int_equal(poll_all(list, 1, 2500000), 0);
  assert_true(clock_now() - start >= 2500000);
  assert_int_equal(poll_all(NULL, 0, 1), 0);
}

/* ---- sets ---- */

static void tellsOfThoseThatAreIn(void **state) {
  (void)state;
  int32_t status;
  struct gv_pollset *set = pollset_new(&status);
  assert_non_null(set);
  assert_int_equal(pollset_watch(set, pair[0], 0, GV_POLLIN), GV_OK);
  assert_int_equal(pollset_poll(set, 0), 0);
  say(pair[1]);
  struct pollfd itself = {.fd = set->fd, .events = POLLIN};
  assert_int_equal(poll(&itself, 1, 0), 1);
  assert_int_equal(pollset_poll(set, -1), 1);
  assert_int_equal(set->news[0], pair[0]);
  assert_int_equal(set->news[1], GV_POLLIN);
  assert_int_equal(pollset_watch(set, pair[0], GV_POLLIN, GV_POLLOUT), GV_OK);
  assert_int_equal(pollset_poll(set, 0), 1);
  assert_int_equal(set->news[1], GV_POLLOUT);
  assert_int_equal(pollset_watch(set, pair[0], GV_POLLOUT, 0), GV_OK);
  int64_t start = clock_now();
  assert_int_equal(pollset_poll(set, 2500000), 0);
  assert_true(clock_now() - start >= 2500000);
  assert_int_equal(pollset_watch(set, 12345, 0, GV_POLLIN), GV_ESYSTEM - EBADF);
  pollset_free(set);
}

/* Mostly when the other one sleeps; if it doesn't yet, its wait ends as well. */
static void *wake(void *set) {
  usleep(1000);
  pollset_wake(set);
  return NULL;
}

static void endsAWaitWhenSomebodyWakesIt(void **state) {
  (void)state;
  int32_t status;
  struct gv_pollset *set = pollset_new(&status);
  pollset_wake(set);
  pollset_wake(set);
  assert_int_equal(pollset_poll(set, -1), 1);
  assert_int_equal(set->news[0], -1);
  assert_int_equal(pollset_poll(set, 0), 0); /* once for any number of calls */
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, wake, set), 0);
  assert_int_equal(pollset_poll(set, -1), 1);
  assert_int_equal(pthread_join(thread, NULL), 0);
  pollset_free(set);
}

static void leavesNothingOpenWhereDescriptorsRunOut(void **state) {
  (void)state;
  struct rlimit before;
  getrlimit(RLIMIT_NOFILE, &before);
  int next = dup(0); /* the lowest that is free */
  for (int more = 0; more < 2; more++) {
    struct rlimit few = {.rlim_cur = (rlim_t)(next + more), .rlim_max = before.rlim_max};
    close(next);
    setrlimit(RLIMIT_NOFILE, &few);
    int32_t status;
    assert_null(pollset_new(&status));
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(status, GV_ESYSTEM - EMFILE);
    assert_int_equal(dup(0), next);
  }
  close(next);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(tellsWhatEachDescriptorHas, setup, teardown),
      cmocka_unit_test_setup_teardown(tellsOfMoreDescriptorsThanTheStackHolds, setup, teardown),
      cmocka_unit_test_setup_teardown(waitsNoShorterThanAsked, setup, teardown),
      cmocka_unit_test_setup_teardown(tellsOfThoseThatAreIn, setup, teardown),
      cmocka_unit_test(endsAWaitWhenSomebodyWakesIt),
      cmocka_unit_test(leavesNothingOpenWhereDescriptorsRunOut),
  };
  return run_guarded(tests);
}
