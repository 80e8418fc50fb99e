/*
 * What a loop tells of files that are watched.
 */
#include "loops.h"

static char directory[] = "/tmp/test_loop.XXXXXX";
static char path[sizeof directory + 8];

static void file_write(const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  check(fd >= 0);
  check_equal(write(fd, text, strlen(text)), strlen(text));
  close(fd);
}

/* Polls until the file has news, and that news says that its size went from one to another; -1: it isn't there. */
static void await_file(struct loop_file *file, int before, int now) {
  do {
    do
      backend->poll(loop, true);
    while (fired(-1, file) == 0);
    check_equal(fired(-1, file), LOOP_READ);
  } while ((file->now.st_nlink == 0 ? -1 : file->now.st_size) != now);
  check_equal(file->before.st_nlink == 0 ? -1 : file->before.st_size, before);
}

static void it_tells_what_becomes_of_a_file(void **state) {
  (void)state;
  struct loop_file file = {.path = path, .interval = 1000000}; /* less than any of them does */
  assert_int_equal(backend->file_start(loop, &file), GV_OK);
  assert_non_null(file.handle);
  assert_int_equal(file.now.st_nlink, 0);
  assert_int_equal(file.now.st_mode, 0);
  file_write("one");
  await_file(&file, -1, 3);
  assert_true(S_ISREG(file.now.st_mode));
  file_write("two");
  await_file(&file, 3, 6);
  unlink(path);
  await_file(&file, 6, -1);
  assert_int_equal(file.now.st_mode, 0);
  file_write("three");
  await_file(&file, -1, 5);
  backend->file_stop(loop, &file);
  assert_null(file.handle);
  backend->file_stop(loop, &file);
  unlink(path);
  backend->poll(loop, false);
  assert_int_equal(fired(-1, &file), 0);

  file_write("again");
  assert_int_equal(backend->file_start(loop, &file), GV_OK);
  assert_int_equal(file.now.st_size, 5);
  assert_int_equal(file.before.st_size, 5);
  unlink(path);
  await_file(&file, 5, -1);
  backend->file_stop(loop, &file);
}

static void two_may_watch_the_same_file(void **state) {
  (void)state;
  struct loop_file files[2] = {{.path = path, .interval = 1}, {.path = path}};
  for (int i = 0; i < 2; i++)
    assert_int_equal(backend->file_start(loop, &files[i]), GV_OK);
  file_write("x");
  bool seen[2] = {false, false};
  while (!seen[0] || !seen[1]) {
    backend->poll(loop, true);
    for (int i = 0; i < 2; i++)
      seen[i] |= fired(-1, &files[i]) != 0;
  }
  backend->file_stop(loop, &files[1]);
  unlink(path);
  await_file(&files[0], 1, -1);
  assert_int_equal(files[1].now.st_size, 1);
  backend->file_stop(loop, &files[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(it_tells_what_becomes_of_a_file),
      promise(two_may_watch_the_same_file),
  };
  check(mkdtemp(directory) != NULL);
  snprintf(path, sizeof path, "%s/file", directory);
  int broken = run_for_each_kind(tests);
  unlink(path);
  rmdir(directory);
  return broken;
}
