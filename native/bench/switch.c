/*
 * switch.c: what a switch costs, and a lender. Prints a table; the numbers are of this machine, at this moment.
 */
#include "greenlet.h"
#include "pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ---- lenders ---- */

struct thread {
  struct gv_greenlet *greenlet;
  struct gv_greenlet *main;
  void (*body)(struct thread *);
  pthread_t id;
};

static void *thread_main(void *arg) {
  struct thread *thread = arg;
  struct gv_greenlet *self = thread->greenlet;
  int status = greenlet_lend(self);
  while (status == GV_OK) {
    thread->body(thread);
    status = greenlet_finish(self, thread->main);
  }
  greenlet_free(self);
  return NULL;
}

static void thread_start(struct thread *thread, struct gv_family *family, void (*body)(struct thread *)) {
  *thread = (struct thread){.greenlet = greenlet_new(0), .main = &family->main, .body = body};
  pthread_attr_t attributes;
  size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN), size = 64 * 1024;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size < least ? least : size);
  if (thread->greenlet == NULL || pthread_create(&thread->id, &attributes, thread_main, thread) != 0)
    fail("a lender");
  pthread_attr_destroy(&attributes);
}

/* ---- switches ---- */

#if defined(__linux__) && defined(__x86_64__)

/* swap without the change of the TLS base: what moving the stack alone costs. */
__asm__(".text\n"
        ".balign 64\n"
        ".type swap_stack_only, %function\n"
        "swap_stack_only:\n"
        "  movq 0(%rsi), %rcx\n"
        "  movq 16(%rsi), %rax\n"
        "  leaq -48(%rsp), %rdx\n"
        "  movq %rbp, 40(%rdx)\n"
        "  movq %rbx, 32(%rdx)\n"
        "  movq %r12, 24(%rdx)\n"
        "  movq %r13, 16(%rdx)\n"
        "  movq %r14, 8(%rdx)\n"
        "  movq %r15, 0(%rdx)\n"
        "  movq 40(%rcx), %rbp\n"
        "  movq 32(%rcx), %rbx\n"
        "  movq 24(%rcx), %r12\n"
        "  movq 16(%rcx), %r13\n"
        "  movq 8(%rcx), %r14\n"
        "  movq 0(%rcx), %r15\n"
        "  leaq 48(%rcx), %rsp\n"
        "  movq $0, 0(%rsi)\n"
        "  movq %rdx, 0(%rdi)\n"
        "  ret\n"
        ".size swap_stack_only, . - swap_stack_only\n");

#elif defined(__linux__) && defined(__aarch64__)

__asm__(".text\n"
        ".balign 64\n"
        ".type swap_stack_only, %function\n"
        "swap_stack_only:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp, #0]\n"
        "  stp x21, x22, [sp, #16]\n"
        "  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n"
        "  stp x27, x28, [sp, #64]\n"
        "  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n"
        "  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  mov x9, sp\n"
        "  ldr x10, [x1]\n"
        "  ldr x12, [x1, #16]\n"
        "  mov sp, x10\n"
        "  ldp x19, x20, [sp, #0]\n"
        "  ldp x21, x22, [sp, #16]\n"
        "  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n"
        "  ldp x27, x28, [sp, #64]\n"
        "  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n"
        "  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n"
        "  str xzr, [x1]\n"
        "  stlr x9, [x0]\n"
        "  mov x0, x12\n"
        "  ret\n"
        ".size swap_stack_only, . - swap_stack_only\n");

#endif

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define HAS_SWAP
int swap_stack_only(struct strand *from, struct strand *to);
#endif

enum { REPEATS = 3 }; /* the best one counts: the others had company on their core */

static long switch_count = 5 * 1000 * 1000;

#define NOINLINE __attribute__((noinline))

/* Two loops at the same depth of calls, one on each side; `call` leaves `from` for `to`. */
#define PING_PONG(name, call)                                                                                          \
  static void name##_pong(struct thread *thread) {                                                                     \
    struct gv_greenlet *from = thread->greenlet, *to = thread->main;                                                   \
    for (long i = 0; i < switch_count; i++)                                                                            \
      call(from, to);                                                                                                  \
  }                                                                                                                    \
  static void name##_ping(struct gv_greenlet *from, struct gv_greenlet *to) {                                          \
    for (long i = 0; i < switch_count; i++)                                                                            \
      call(from, to);                                                                                                  \
  }

static void call_lender_switch(struct gv_greenlet *from, struct gv_greenlet *to) {
  lender_switch(&from->lender, &to->lender);
}

/* Keeps its caller's frame: no tail call. */
#define KEEP_FRAME() __asm__ volatile("" ::: "memory")

NOINLINE static void first_level(struct gv_greenlet *from, struct gv_greenlet *to) {
  greenlet_switch(from, to);
  KEEP_FRAME();
}

NOINLINE static void second_level(struct gv_greenlet *from, struct gv_greenlet *to) {
  first_level(from, to);
  KEEP_FRAME();
}

NOINLINE static void third_level(struct gv_greenlet *from, struct gv_greenlet *to) {
  second_level(from, to);
  KEEP_FRAME();
}

#if defined(HAS_SWAP)
static void call_swap(struct gv_greenlet *from, struct gv_greenlet *to) {
  swap(&from->lender.strand, &to->lender.strand);
}

/* The other side runs with our identity: it must not touch a thread-local variable. */
static void call_swap_stack_only(struct gv_greenlet *from, struct gv_greenlet *to) {
  swap_stack_only(&from->lender.strand, &to->lender.strand);
}

PING_PONG(bare, call_swap)
PING_PONG(stack_only, call_swap_stack_only)

/* Then it takes its identity back, which only its own kernel thread has, and lends it as it should. */
static void stack_only_pong_and_lend(struct thread *thread) {
  stack_only_pong(thread);
  lender_lend(&thread->greenlet->lender);
}
#endif
PING_PONG(lender, call_lender_switch)
PING_PONG(greenlet, greenlet_switch)
PING_PONG(deep, third_level)

/* One way, in ns. */
static double time_switch(struct gv_family *family, void (*ping)(struct gv_greenlet *, struct gv_greenlet *),
                          void (*pong)(struct thread *)) {
  double best = 0;
  for (int i = 0; i < REPEATS; i++) {
    struct thread thread;
    thread_start(&thread, family, pong);
    greenlet_adopt(family, thread.greenlet);
    double start = nanoseconds();
    ping(&family->main, thread.greenlet);
    double once = (nanoseconds() - start) / (double)switch_count / 2;
    best = i == 0 || once < best ? once : best;
#if defined(HAS_SWAP)
    if (ping == stack_only_ping) {
      lender_release(&thread.greenlet->lender, GV_OK);
      lender_await(&thread.greenlet->lender);
    }
#endif
    greenlet_switch(&family->main, thread.greenlet);
    pthread_join(thread.id, NULL);
  }
  return best;
}

/* ---- lenders at work ---- */

static const long reclaim_count = 20 * 1000;

static void reclaim_and_lend(struct thread *thread) {
  for (long i = 0; i < reclaim_count; i++) {
    lender_reclaim(&thread->greenlet->lender, &thread->main->lender);
    lender_lend(&thread->greenlet->lender);
  }
}

static double time_reclaim(struct gv_family *family) {
  struct thread thread;
  thread_start(&thread, family, reclaim_and_lend);
  greenlet_adopt(family, thread.greenlet);
  double start = nanoseconds();
  for (long i = 0; i < reclaim_count; i++) {
    greenlet_switch(&family->main, thread.greenlet);
    lender_await(&thread.greenlet->lender);
  }
  double once = (nanoseconds() - start) / (double)reclaim_count;
  greenlet_switch(&family->main, thread.greenlet);
  pthread_join(thread.id, NULL);
  return once;
}

static void return_at_once(struct thread *thread) {
  (void)thread;
}

static double time_creation(struct gv_family *family) {
  enum { COUNT = 2000 };
  static struct thread threads[COUNT];
  double start = nanoseconds();
  for (int i = 0; i < COUNT; i++) {
    thread_start(&threads[i], family, return_at_once);
    greenlet_adopt(family, threads[i].greenlet);
  }
  double once = (nanoseconds() - start) / COUNT;
  for (int i = 0; i < COUNT; i++)
    greenlet_switch(&family->main, threads[i].greenlet);
  for (int i = 0; i < COUNT; i++)
    pthread_join(threads[i].id, NULL);
  return once;
}

static double time_pooled(struct gv_family *family, long count) {
  struct thread thread;
  pool_bounds(1, 1);
  thread_start(&thread, family, return_at_once);
  lender_await(&thread.greenlet->lender);
  pool_put(&thread.greenlet->lender);
  double start = nanoseconds();
  for (long i = 0; i < count; i++) {
    bool low;
    greenlet_switch(&family->main, greenlet_take(family, &low));
  }
  double once = (nanoseconds() - start) / (double)count;
  pool_bounds(0, 0);
  while (pool_size() > 0)
    pool_trim();
  pthread_join(thread.id, NULL);
  return once;
}

/* ---- memory ---- */

static double resident_kilobytes(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
    pages = 0; /* not Linux: the table says 0 */
  if (file != NULL)
    fclose(file);
  return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1024;
}

/*
 * Prints the resident memory of one resting lender of `count`, without what the kernel keeps of a thread. In a child
 * process: stacks that were used before, and are kept by libc, would count as resident already.
 */
static void print_memory(int count) {
  fflush(stdout);
  pid_t child = fork();
  if (child != 0) {
    waitpid(child, NULL, 0);
    return;
  }
  struct gv_family *family = family_new();
  struct thread *threads = calloc((size_t)count, sizeof *threads);
  if (family == NULL || threads == NULL)
    fail("memory");
  memset(threads, 0, sizeof *threads * (size_t)count); /* resident before we look */
  double before = resident_kilobytes();
  for (int i = 0; i < count; i++) {
    thread_start(&threads[i], family, return_at_once);
    greenlet_adopt(family, threads[i].greenlet);
  }
  char name[64];
  snprintf(name, sizeof name, "resident memory of each of %d lenders", count);
  printf("%-46s %7.1f KB\n", name, (resident_kilobytes() - before) / count);
  fflush(stdout);
  _exit(0);
}

int main(void) {
  bool by_swap = strcmp(lend_backend(), "swap") == 0;
  printf("%-46s %10s\n", lend_backend(), "each");
  print_memory(1000);
  print_memory(10000);
  struct gv_family *family = family_new();
  if (family == NULL)
    fail("a family");
  pool_bounds(0, 0); /* a finished lender's thread ends */
  if (!by_swap)
    switch_count = 50 * 1000;

#if defined(HAS_SWAP)
  if (by_swap) {
    printf("%-46s %7.1f ns\n", "swap of the stack alone",
           time_switch(family, stack_only_ping, stack_only_pong_and_lend));
    printf("%-46s %7.1f ns\n", "swap of stack and identity", time_switch(family, bare_ping, bare_pong));
  }
#endif
  printf("%-46s %7.1f ns\n", "lender_switch", time_switch(family, lender_ping, lender_pong));
  printf("%-46s %7.1f ns\n", "greenlet_switch", time_switch(family, greenlet_ping, greenlet_pong));
  printf("%-46s %7.1f ns\n", "greenlet_switch, three calls deep", time_switch(family, deep_ping, deep_pong));
  printf("%-46s %7.1f ns\n", "pooled: take, switch, finish", time_pooled(family, by_swap ? 1000 * 1000 : 20 * 1000));
  printf("%-46s %7.1f us\n", "reclaim and lend again", time_reclaim(family) / 1e3);
  printf("%-46s %7.1f us\n", "a lender from nothing", time_creation(family) / 1e3);
  return 0;
}
