/*
 * What a loop library does for us: descriptors and sleep.
 */
#include "loops.h"

#include <netinet/in.h>
#include <poll.h>
#include <time.h>

static void it_fires_what_is_readable(void **state) {
  (void)state;
  assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
  assert_int_equal(peek(pair[0]), 0);
  say(pair[1]);
  assert_int_equal(await(pair[0]), LOOP_READ);
  assert_int_equal(loop->fired_count, 1);
  assert_int_equal(await(pair[0]), LOOP_READ); /* as long as it is */
  hear(pair[0]);
  peek(pair[0]); /* may have been told before */
  assert_int_equal(peek(pair[0]), 0);
  say(pair[1]);
  assert_int_equal(await(pair[0]), LOOP_READ);
}

static void it_fires_what_is_writable(void **state) {
  (void)state;
  assert_int_equal(watch(pair[0], LOOP_WRITE), GV_OK);
  assert_int_equal(await(pair[0]), LOOP_WRITE);
  assert_int_equal(await(pair[0]), LOOP_WRITE);
}

static void it_fires_both_at_once(void **state) {
  (void)state;
  say(pair[1]);
  assert_int_equal(watch(pair[0], LOOP_READ | LOOP_WRITE), GV_OK);
  assert_int_equal(await(pair[0]), LOOP_READ | LOOP_WRITE);
}

static void it_fires_what_is_asked_for_now(void **state) {
  (void)state;
  say(pair[1]);
  for (int round = 0; round < 3; round++) {
    assert_int_equal(watch(pair[0], LOOP_WRITE), GV_OK);
    assert_int_equal(await(pair[0]), LOOP_WRITE);
    assert_int_equal(watch(pair[0], LOOP_READ | LOOP_WRITE), GV_OK);
    assert_int_equal(await(pair[0]), LOOP_READ | LOOP_WRITE);
    assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
    assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
    assert_int_equal(await(pair[0]), LOOP_READ);
    assert_int_equal(watch(pair[0], 0), GV_OK);
    assert_int_equal(watch(pair[0], 0), GV_OK);
    assert_int_equal(peek(pair[0]), 0);
    assert_int_equal(watch(pair[0], LOOP_WRITE), GV_OK); /* and taken back before a poll */
    assert_int_equal(watch(pair[0], 0), GV_OK);
    assert_int_equal(peek(pair[0]), 0);
  }
}

static void it_refuses_what_makes_no_sense(void **state) {
  (void)state;
  assert_int_equal(watch(-1, LOOP_READ), GV_EINVAL);
  assert_int_equal(watch(pair[0], LOOP_ERROR), GV_EINVAL);
  assert_int_equal(watch(pair[0], -1), GV_EINVAL);
  assert_int_equal(watch(INT_MAX, LOOP_READ), GV_ESYSTEM - EBADF);
  assert_int_equal(watch(INT_MAX, 0), GV_OK);
  assert_int_equal(peek(pair[0]), 0);
}

static void a_hang_up_fires_all_that_was_asked_for(void **state) {
  (void)state;
  assert_int_equal(watch(pair[0], LOOP_READ | LOOP_WRITE), GV_OK);
  close(pair[1]);
  assert_int_equal(await(pair[0]), LOOP_READ | LOOP_WRITE);
  assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
  assert_int_equal(await(pair[0]), LOOP_READ);
  int ends[2];
  check_equal(pipe(ends), 0);
  assert_int_equal(watch(ends[0], LOOP_READ), GV_OK);
  close(ends[1]);
  assert_int_equal(await(ends[0]), LOOP_READ);
  assert_int_equal(watch(ends[0], 0), GV_OK);
  close(ends[0]);
  pair[1] = dup(pair[0]);
}

static void an_error_fires_all_that_was_asked_for(void **state) {
  (void)state;
  int ends[2];
  check_equal(pipe(ends), 0);
  while (fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 && write(ends[1], ends, sizeof ends) > 0)
    ; /* full: else it is writable anyhow */
  assert_int_equal(watch(ends[1], LOOP_WRITE), GV_OK);
  assert_int_equal(peek(ends[1]), 0);
  close(ends[0]);
  for (int i = 0; i < 3; i++)
    assert_int_equal(await(ends[1]), LOOP_WRITE);
  assert_int_equal(watch(ends[1], 0), GV_OK);
  assert_int_equal(peek(ends[1]), 0);
  close(ends[1]);
}

/* A connect that nobody listens to. */
static void a_refused_connect_fires_both(void **state) {
  (void)state;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int taken = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  check(taken >= 0 && client >= 0);
  check_equal(bind(taken, (struct sockaddr *)&address, length), 0);
  check_equal(getsockname(taken, (struct sockaddr *)&address, &length), 0);
  fcntl(client, F_SETFL, O_NONBLOCK);
  check_equal(connect(client, (struct sockaddr *)&address, length), -1);
  assert_int_equal(watch(client, LOOP_READ | LOOP_WRITE), GV_OK);
  for (int i = 0; i < 3; i++)
    assert_int_equal(await(client), LOOP_READ | LOOP_WRITE);
  assert_int_equal(watch(client, 0), GV_OK);
  close(client);
  close(taken);
}

static void it_leaves_a_descriptor_blocking(void **state) {
  (void)state;
  assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
  assert_int_equal(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0);
  fcntl(pair[1], F_SETFL, O_NONBLOCK);
  assert_int_equal(watch(pair[1], LOOP_READ), GV_OK);
  assert_int_equal(fcntl(pair[1], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

/* ---- many ---- */

static void it_fires_each_of_many_once_in_a_poll(void **state) {
  enum { MANY = 1500 }; /* libuv takes 1024 at a time */
  (void)state;
  struct rlimit limit;
  check_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_cur < MANY + 100) {
    limit.rlim_cur = limit.rlim_max < MANY + 100 ? limit.rlim_max : MANY + 100;
    check_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  int count = limit.rlim_cur < MANY + 100 ? (int)limit.rlim_cur - 100 : MANY;
  static int fds[MANY];
  static bool seen[MANY + 200];
  memset(seen, 0, sizeof seen);
  for (int i = 0; i < count; i++) {
    fds[i] = dup(pair[0]);
    check(fds[i] >= 0 && fds[i] < MANY + 200);
    check_equal(watch(fds[i], LOOP_WRITE), GV_OK);
  }
  for (int found = 0; found < count;) {
    backend->poll(loop, true);
    bool now[MANY + 200] = {false};
    for (int32_t i = 0; i < loop->fired_count; i++) {
      int fd = loop->fired[i].fd;
      assert_int_equal(loop->fired[i].events, LOOP_WRITE);
      assert_false(now[fd]);
      now[fd] = true;
      found += !seen[fd];
      seen[fd] = true;
    }
  }
  for (int i = 0; i < count; i++) {
    check_equal(watch(fds[i], 0), GV_OK);
    close(fds[i]);
  }
  backend->poll(loop, false);
  backend->poll(loop, false);
  assert_int_equal(loop->fired_count, 0);
}

/* ---- sleep ---- */

static void without_block_it_returns_at_once(void **state) {
  (void)state;
  backend->poll(loop, false); /* else the watchdog barks */
  assert_int_equal(loop->fired_count, 0);
  assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
  backend->poll(loop, false);
  assert_int_equal(loop->fired_count, 0);
}

static void say_later(void *arg) {
  usleep(100 * 1000);
  say(*(int *)arg);
}

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void with_block_it_sleeps_until_there_is_news(void **state) {
  (void)state;
  struct loop_file file = {.path = "/tmp/no such file", .interval = (int64_t)3600 * 1000000000};
  assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
  assert_int_equal(backend->file_start(loop, &file), GV_OK);
  backend->file_stop(loop, &file);
  struct call call = {say_later, &pair[1]};
  pthread_t id;
  check_equal(pthread_create(&id, NULL, call_main, &call), 0);
  double before = cpu_seconds();
  int polls = 0;
  do {
    backend->poll(loop, true);
    polls++;
  } while (loop->fired_count == 0);
  double used = cpu_seconds() - before;
  pthread_join(id, NULL);
  assert_int_equal(fired(pair[0], NULL), LOOP_READ);
  assert_true(polls <= 5);
  assert_true(used < 0.05);
}

static void its_own_descriptor_is_readable_when_there_is_news(void **state) {
  (void)state;
  struct pollfd own = {.fd = backend->fileno(loop), .events = POLLIN};
  if (!is_libuv()) {
    assert_int_equal(own.fd, -1); /* libev doesn't tell */
    return;
  }
  assert_int_equal(watch(pair[0], LOOP_READ), GV_OK);
  assert_int_equal(peek(pair[0]), 0);
  assert_int_equal(poll(&own, 1, 0), 0);
  say(pair[1]);
  assert_int_equal(poll(&own, 1, -1), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(it_fires_what_is_readable),
      promise(it_fires_what_is_writable),
      promise(it_fires_both_at_once),
      promise(it_fires_what_is_asked_for_now),
      promise(it_refuses_what_makes_no_sense),
      promise(a_hang_up_fires_all_that_was_asked_for),
      promise(an_error_fires_all_that_was_asked_for),
      promise(a_refused_connect_fires_both),
      promise(it_leaves_a_descriptor_blocking),
      promise(it_fires_each_of_many_once_in_a_poll),
      promise(without_block_it_returns_at_once),
      promise(with_block_it_sleeps_until_there_is_news),
      promise(its_own_descriptor_is_readable_when_there_is_news),
  };
  return run_for_each_kind(tests);
}
