/*
 * threads.h: what the C tests share. Plain threads that lend themselves, in place of a VM's, and checks that hold on
 * any stack: cmocka's own jump back to the test, which must not be made from another thread or greenlet.
 */
#ifndef GV_THREADS_H
#define GV_THREADS_H

#include "greenlet.h"
#include "pool.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- checks ---- */

#define check(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))
#define check_equal(actual, expected) check_same(__FILE__, __LINE__, #actual, (long)(actual), (long)(expected))

_Noreturn static inline void check_failed(const char *file, int line, const char *condition) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
  abort();
}

static inline void check_same(const char *file, int line, const char *name, long actual, long expected) {
  if (actual == expected)
    return;
  fprintf(stderr, "%s:%d: %s is %ld, not %ld\n", file, line, name, actual, expected);
  abort();
}

enum { WATCHDOG_SECONDS = 120 }; /* a test that hangs is killed by SIGALRM */

#define run_guarded(tests) (alarm(WATCHDOG_SECONDS), cmocka_run_group_tests(tests, NULL, NULL))

/* ---- how much ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#if defined(__SANITIZE_THREAD__)
/* Else each child process would sleep for a second at its end. */
__attribute__((visibility("default"))) const char *__tsan_default_options(void);
const char *__tsan_default_options(void) {
  return "atexit_sleep_ms=0";
}
#endif

/* A count of rounds or threads, divided where each costs more: by 10 under a sanitizer, and by GEVENT4J_TEST_SCALE. */
static inline int scaled(int count) {
  const char *scale = getenv("GEVENT4J_TEST_SCALE"); /* for emulators: 20 makes a twentieth of each count */
  int divisor = (SANITIZED ? 10 : 1) * (scale == NULL || atoi(scale) < 1 ? 1 : atoi(scale));
  return count / divisor > 2 ? count / divisor : 2;
}

static inline size_t stack_size(void) {
  size_t wish = (SANITIZED ? 256 : 64) * 1024;
  size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN); /* 128 KiB on aarch64 */
  return wish > least ? wish : least;
}

/* ---- threads that lend themselves ---- */

/* The kernel's number for what runs us: the one thing about a greenlet that a swap leaves behind. */
static inline long kernel_thread(void) {
#if defined(__linux__)
  return syscall(SYS_gettid);
#else
  uint64_t number;
  pthread_threadid_np(NULL, &number);
  return (long)number;
#endif
}

static inline bool by_swap(void) {
  return strcmp(lend_backend(), "swap") == 0;
}

struct thread {
  struct gv_greenlet *greenlet;
  int (*body)(struct thread *); /* runs as a greenlet; returns GV_OK to be a spare again, else the status of its end */
  void *arg;
  int number;
  void (*ended)(struct thread *); /* if any: called when the status has come, before the thread says good-bye */
  pthread_t id;
  long kernel_thread; /* its own */
  int status;         /* what ended it; for `ended`, and after thread_join */
};

static inline void *thread_main(void *arg) {
  struct thread *thread = arg;
  struct gv_greenlet *self = thread->greenlet;
  thread->kernel_thread = kernel_thread();
  int status = greenlet_lend(self);
  while (status == GV_OK) {
    status = thread->body(thread);
    if (status == GV_OK)
      status = greenlet_finish(self, &self->family->main);
  }
  thread->status = status;
  if (thread->ended != NULL)
    thread->ended(thread);
  check_equal(kernel_thread(), thread->kernel_thread); /* a thread ends where the kernel made it */
  greenlet_free(self);
  return NULL;
}

static inline void thread_start(struct thread *thread, int number, int (*body)(struct thread *), void *arg) {
  *thread = (struct thread){.body = body, .arg = arg, .number = number};
  thread->greenlet = greenlet_new(number);
  check(thread->greenlet != NULL);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  check_equal(pthread_attr_setstacksize(&attributes, stack_size()), 0);
  check_equal(pthread_create(&thread->id, &attributes, thread_main, thread), 0);
  pthread_attr_destroy(&attributes);
}

static inline void thread_join(struct thread *thread) {
  check_equal(pthread_join(thread->id, NULL), 0);
}

/* Starts `count` threads as greenlets of the family, none of them entered yet. */
static inline struct thread *threads_start(struct gv_family *family, int count, int (*body)(struct thread *),
                                           void *arg) {
  struct thread *threads = calloc((size_t)count, sizeof *threads);
  check(threads != NULL);
  for (int i = 0; i < count; i++) {
    thread_start(&threads[i], i, body, arg);
    greenlet_adopt(family, threads[i].greenlet);
  }
  return threads;
}

/* Waits for the threads, each of which is to have ended with `status`. */
static inline void threads_join(struct thread *threads, int count, int status) {
  for (int i = 0; i < count; i++) {
    thread_join(&threads[i]);
    check_equal(threads[i].status, status);
  }
  free(threads);
}

/* Called by main: runs the thread's greenlet until it switches back. */
static inline int thread_enter(struct thread *thread) {
  return greenlet_switch(&thread->greenlet->family->main, thread->greenlet);
}

/* Called by the thread's greenlet: back to main. */
static inline int thread_pause(struct thread *thread) {
  return greenlet_switch(thread->greenlet, &thread->greenlet->family->main);
}

/* A family whose finished greenlets end their threads, since the pool keeps no spares. */
static inline struct gv_family *family_without_spares(void) {
  check_equal(pool_bounds(0, 0), GV_OK);
  struct gv_family *family = family_new();
  check(family != NULL);
  return family;
}

/* ---- other threads and processes ---- */

struct call {
  void (*body)(void *);
  void *arg;
};

static inline void *call_main(void *arg) {
  struct call *call = arg;
  call->body(call->arg);
  return NULL;
}

/* Calls body(arg) on a plain thread of its own, which has ended, and its family with it, on return. */
static inline void on_thread(void (*body)(void *), void *arg) {
  struct call call = {body, arg};
  pthread_t id;
  check_equal(pthread_create(&id, NULL, call_main, &call), 0);
  check_equal(pthread_join(id, NULL), 0);
}

/* Calls body(arg) in a child process, which must be made before there are threads. Returns its wait status. */
static inline int in_child(void (*body)(void *), void *arg) {
  fflush(NULL);
  pid_t child = fork();
  check(child >= 0);
  if (child == 0) {
    alarm(WATCHDOG_SECONDS);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}; /* cmocka and the sanitizers catch some of them */
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
      signal(fatal[i], SIG_DFL);
    body(arg);
    fflush(NULL);
    _exit(0);
  }
  int status;
  check_equal(waitpid(child, &status, 0), child);
  return status;
}

#endif
