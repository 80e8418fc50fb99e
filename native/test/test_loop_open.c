/*
 * Loops come and go, in each way that is there, and leave the process as it was.
 */
#include "loops.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

static int lowest_descriptor(void) {
  int fd = dup(0);
  check(fd >= 0);
  close(fd);
  return fd;
}

static size_t memory(void) {
#if defined(__GLIBC__)
  return mallinfo2().uordblks; /* 0 under a sanitizer, and ASan has its own opinion */
#else
  return 0;
#endif
}

/* With things that are still watched at the end, or were until just now. */
static void open_use_and_close(bool with_files) {
  int status;
  struct loop *other = backend->open(way, &status);
  check(other != NULL);
  int closed = dup(pair[0]);
  struct loop_file files[2] = {{.path = "/tmp/no such file"}, {.path = "/tmp"}};
  int count = with_files ? 2 : 0;
  check_equal(backend->watch(other, pair[0], LOOP_WRITE), GV_OK);
  check_equal(backend->watch(other, pair[1], LOOP_READ), GV_OK);
  for (int i = 0; i < count; i++)
    check_equal(backend->file_start(other, &files[i]), GV_OK);
  backend->poll(other, true);
  check_equal(backend->watch(other, pair[1], 0), GV_OK);
  check_equal(backend->watch(other, closed, LOOP_READ), GV_OK);
  close(closed);
  backend->file_stop(other, &files[0]);
  backend->close(other);
  check(files[1].handle == NULL);
}

static void a_thousand_loops_leave_nothing_behind(void **state) {
  (void)state;
  for (int i = 0; i < 10; i++)
    open_use_and_close(true);
  int descriptor = lowest_descriptor();
  size_t before = memory();
  int rounds = scaled(1000);
  for (int i = 0; i < rounds; i++)
    open_use_and_close(i % 20 == 0); /* the kernel takes its time to end an inotify */
  assert_int_equal(lowest_descriptor(), descriptor);
  assert_true(memory() <= before + 10000);
}

static void it_tells_its_way(void **state) {
  (void)state;
  assert_non_null(backend->way(loop));
  if (way != NULL)
    assert_string_equal(backend->way(loop), way);
  assert_int_equal(backend->supports(NULL), GV_OK);
  assert_int_equal(backend->supports(backend->way(loop)), GV_OK);
}

static void refuse(const struct loop_backend *of, const char *name, int expected) {
  int status = 1;
  assert_int_equal(of->supports(name), expected);
  assert_null(of->open(name, &status));
  assert_int_equal(status, expected);
}

static void a_way_that_is_not_there_is_refused(void **state) {
  (void)state;
  refuse(backend, "carrier pigeon", GV_EINVAL);
  refuse(backend, "", GV_EINVAL);
  refuse(backend, "port", GV_EUNSUPPORTED);
  refuse(&loop_libuv, "select", GV_EUNSUPPORTED);
}

/* libev, left to itself, takes a way that needs no descriptor. */
static void without_descriptors_it_does_not_open(void **state) {
  (void)state;
  struct rlimit limit, none = {.rlim_cur = (rlim_t)lowest_descriptor()};
  check_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  none.rlim_max = limit.rlim_max;
  check_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
  int status = 1;
  struct loop *other = backend->open(way, &status);
  check_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
  assert_int_equal(status, other == NULL ? GV_ESYSTEM - EMFILE : GV_OK);
  if (other == NULL)
    return;
  assert_true(strcmp(backend->way(other), "poll") == 0 || strcmp(backend->way(other), "select") == 0);
  backend->close(other);
}

/* A process has other children than ours, and others who wait for them. */
static void it_leaves_children_and_signals_alone(void **state) {
  (void)state;
  pid_t child = fork();
  check(child >= 0);
  if (child == 0)
    _exit(7);
  siginfo_t info;
  check_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
  peek(pair[0]);
  int status;
  assert_int_equal(waitpid(child, &status, WNOHANG), child);
  assert_int_equal(WEXITSTATUS(status), 7);
  struct sigaction action;
  check_equal(sigaction(SIGCHLD, NULL, &action), 0);
  assert_ptr_equal(action.sa_handler, SIG_DFL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(a_thousand_loops_leave_nothing_behind), promise(it_tells_its_way),
      promise(a_way_that_is_not_there_is_refused),    promise(without_descriptors_it_does_not_open),
      promise(it_leaves_children_and_signals_alone),
  };
  return run_for_each_kind(tests);
}
