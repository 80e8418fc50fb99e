/*
 * What becomes of descriptors that were closed while they were watched, and of their numbers.
 */
#include "loops.h"

enum { BAD = LOOP_ERROR | LOOP_READ | LOOP_WRITE };

static void a_closed_one_is_fired_once_with_an_error(void **state) {
  (void)state;
  int fd = dup(pair[0]);
  assert_int_equal(watch(pair[1], LOOP_READ), GV_OK); /* silent: nothing else to wake up for */
  assert_int_equal(watch(fd, LOOP_READ), GV_OK);
  close(fd);
  backend->poll(loop, true);
  assert_int_equal(fired(fd, NULL), BAD);
  assert_int_equal(peek(fd), 0);
  assert_int_equal(watch(fd, LOOP_READ), GV_ESYSTEM - EBADF);
  assert_int_equal(peek(fd), 0);
  assert_int_equal(watch(pair[0], LOOP_WRITE), GV_OK); /* and the loop goes on */
  assert_int_equal(await(pair[0]), LOOP_WRITE);
}

static void so_is_one_whose_events_changed(void **state) {
  (void)state;
  int fd = dup(pair[0]);
  assert_int_equal(watch(fd, LOOP_READ), GV_OK);
  assert_int_equal(peek(fd), 0);
  close(fd);
  assert_int_equal(watch(fd, LOOP_READ | LOOP_WRITE), GV_OK);
  assert_int_equal(await(fd), BAD);
  assert_int_equal(peek(fd), 0);
}

static void one_that_did_not_change_does_no_harm(void **state) {
  (void)state;
  int ends[2];
  check_equal(pipe(ends), 0);
  say(ends[1]);
  assert_int_equal(watch(ends[0], LOOP_READ), GV_OK);
  assert_int_equal(await(ends[0]), LOOP_READ);
  close(ends[0]);
  close(ends[1]);
  int events = peek(ends[0]);
  assert_true(events == 0 || events == BAD || !is_libuv());
  assert_int_equal(watch(ends[0], 0), GV_OK);
  assert_int_equal(peek(ends[0]), 0);
}

static void a_number_may_come_back_as_another_descriptor(void **state) {
  (void)state;
  for (int polls = 0; polls < 3; polls++) {
    int silent[2], talking[2];
    check_equal(pipe(silent), 0);
    assert_int_equal(watch(silent[0], LOOP_READ), GV_OK);
    assert_int_equal(peek(silent[0]), 0);
    assert_int_equal(watch(silent[0], 0), GV_OK);
    for (int i = 0; i < polls; i++)
      peek(silent[0]);
    close(silent[0]);
    check_equal(pipe(talking), 0);
    check_equal(talking[0], silent[0]);
    say(talking[1]);
    assert_int_equal(watch(talking[0], LOOP_READ), GV_OK);
    assert_int_equal(await(talking[0]), LOOP_READ);
    assert_int_equal(watch(talking[0], 0), GV_OK);
    close(talking[0]);
    close(talking[1]);
    close(silent[1]);
  }
}

static void a_number_may_come_back_as_a_regular_file(void **state) {
  (void)state;
  int fd = dup(pair[0]);
  assert_int_equal(watch(fd, LOOP_READ), GV_OK);
  assert_int_equal(peek(fd), 0);
  char path[] = "/tmp/test_loop.XXXXXX";
  int file = mkstemp(path);
  check(file >= 0);
  check_equal(dup2(file, fd), fd); /* without a word to the loop */
  assert_int_equal(watch(fd, LOOP_READ | LOOP_WRITE), GV_OK);
  if (is_libuv()) {
    assert_int_equal(await(fd), BAD);
    assert_int_equal(watch(fd, LOOP_READ), GV_ESYSTEM - EPERM);
    assert_int_equal(watch(file, LOOP_READ), GV_ESYSTEM - EPERM);
  } else if (!is_way("linuxaio") && !is_way("iouring")) { /* which have no opinion of files */
    assert_int_equal(await(fd), LOOP_READ | LOOP_WRITE);
  }
  assert_int_equal(watch(fd, 0), GV_OK);
  assert_int_equal(peek(fd), 0);
  close(fd);
  close(file);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(a_closed_one_is_fired_once_with_an_error), promise(so_is_one_whose_events_changed),
      promise(one_that_did_not_change_does_no_harm),     promise(a_number_may_come_back_as_another_descriptor),
      promise(a_number_may_come_back_as_a_regular_file),
  };
  return run_for_each_kind(tests);
}
