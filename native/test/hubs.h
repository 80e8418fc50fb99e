/*
 * hubs.h: what the tests of hubs and watchers share. Each promise is kept over both loop libraries, on a kernel thread
 * of its own, whose main greenlet is the runner.
 */
#ifndef GV_HUBS_H
#define GV_HUBS_H

#include "clock.h"
#include "hub.h"
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

enum { MOST_GREENLETS = 1000, MOST_NEWS = 4096 };

/* Under test; made anew for each promise. */
static const char *loop_name;
static struct gv_family *family;
static struct gv_hub *hub;
static struct thread *greenlets[MOST_GREENLETS];
static int greenlet_count;

/* What the hub has said to Java, in its order. */
static struct { int32_t number, value; } news[MOST_NEWS];
static int news_count;
static void (*on_news)(int32_t number, int32_t value); /* if any: called for each at once, as Java calls back */

/* ---- greenlets ---- */

/* Starts a greenlet and runs it, by main, until it waits. Its body may return the status that it was released with. */
static inline struct gv_greenlet *spawn(int (*body)(struct thread *), void *arg) {
  check(greenlet_count < MOST_GREENLETS);
  struct thread *thread = malloc(sizeof *thread);
  check(thread != NULL);
  thread_start(thread, greenlet_count, body, arg);
  greenlets[greenlet_count++] = thread;
  greenlet_adopt(family, thread->greenlet);
  check_equal(thread_enter(thread), GV_OK);
  return thread->greenlet;
}

/* After the end of the family. */
static inline void join_greenlets(void) {
  for (int i = 0; i < greenlet_count; i++) {
    thread_join(greenlets[i]);
    check(greenlets[i]->status == GV_ESPARE || greenlets[i]->status == GV_EOWNER);
    free(greenlets[i]);
  }
  greenlet_count = 0;
}

/* ---- the runner ---- */

static inline void take_news_of_hub(int pairs) {
  check(pairs <= GV_BATCH_MAX);
  for (int i = 0; i < pairs; i++) {
    int32_t number = gv_hub_batch(hub)[2 * i], value = gv_hub_batch(hub)[2 * i + 1];
    check(news_count < MOST_NEWS);
    news[news_count].number = number;
    news[news_count++].value = value;
    if (on_news != NULL)
      on_news(number, value);
  }
}

/* As the runner does: until there is no more news. */
static inline int run(int mode) {
  for (;;) {
    int status = gv_hub_run(hub, mode);
    if (status <= 0)
      return status;
    take_news_of_hub(status);
  }
}

static inline void run_until_idle(void) {
  check_equal(run(GV_RUN_ALL), GV_EIDLE);
}

/* How often a number was in the news. */
static inline int times(int32_t number) {
  int count = 0;
  for (int i = 0; i < news_count; i++)
    count += news[i].number == number;
  return count;
}

/* Until a number is in the news so often; not a turn longer, which might be one without news. */
static inline void run_until(int32_t number, int count) {
  while (times(number) < count) {
    int status = gv_hub_run(hub, GV_RUN_ONCE);
    check(status >= 0);
    take_news_of_hub(status);
  }
}

/* A few turns that don't wait. */
static inline void run_a_little(void) {
  for (int i = 0; i < 4; i++) {
    int status = run(GV_RUN_ONCE | GV_RUN_NOWAIT);
    check(status == 0 || status == GV_EIDLE);
  }
}

static inline void forget_news(void) {
  news_count = 0;
}

/* The value of the last news of a number, which has come. */
static inline int32_t value_of(int32_t number) {
  int i = news_count - 1;
  while (i >= 0 && news[i].number != number)
    i--;
  check(i >= 0);
  return news[i].value;
}

/* What came so far, as digits: "132" for the watchers 1, 3 and 2. */
static inline const char *news_text(void) {
  static char text[MOST_NEWS + 1];
  for (int i = 0; i < news_count; i++)
    text[i] = news[i].number < 0 ? '-' : (char)('0' + news[i].number);
  text[news_count] = 0;
  return text;
}

#define check_text(actual, expected)                                                                                   \
  (strcmp(actual, expected) == 0 ? (void)0 : (void)(fprintf(stderr, "%s\n", actual), check(!"" expected)))

/* ---- descriptors ---- */

static inline void open_pair(int pair[2]) {
  check_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

static inline void close_pair(const int pair[2]) {
  close(pair[0]);
  close(pair[1]);
}

static inline void say(int fd) {
  check_equal(write(fd, "!", 1), 1);
}

static inline void hear(int fd) {
  char byte;
  check_equal(read(fd, &byte, 1), 1);
}

static inline int open_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 1024; fd++)
    count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

/* ---- promises ---- */

static inline void open_hub(struct gv_greenlet *runner) {
  int32_t status;
  hub = gv_hub_new(loop_name, NULL, &status);
  check(hub != NULL && status == GV_OK);
  check_equal(gv_hub_attach(hub, runner), GV_OK);
}

static inline void close_hub(void) {
  gv_hub_detach(hub);
  gv_hub_free(hub);
  hub = NULL;
}

static inline void keep(void *promise) {
  family = family_without_spares();
  open_hub(&family->main);
  ((void (*)(void))promise)();
  close_hub();
}

static inline void run_promise(void **state) {
  news_count = 0;
  on_news = NULL;
  on_thread(keep, *state);
  join_greenlets();
}

#define promise(function)                                                                                              \
  { .name = #function, .test_func = run_promise, .initial_state = (void *)(function) }

/* Runs the promises over each library. Returns how many were broken. */
#define run_over_both(tests)                                                                                           \
  ({                                                                                                                   \
    int failed = 0;                                                                                                    \
    for (int i = 0; i < 2; i++) {                                                                                      \
      loop_name = i == 0 ? "libev" : "libuv";                                                                          \
      fprintf(stderr, "%s\n", loop_name);                                                                              \
      failed += run_guarded(tests);                                                                                    \
    }                                                                                                                  \
    failed;                                                                                                            \
  })

#endif
