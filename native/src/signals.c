#include "signals.h"

#include "gevent4j.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

#define NAMED(name)                                                                                                    \
  { #name, SIG##name }

/* A number's first name is its own, and the others stand for it. */
static const struct {
  const char *name;
  int number;
} named[] = {
    NAMED(HUP),    NAMED(INT),  NAMED(QUIT), NAMED(ILL),   NAMED(TRAP), NAMED(ABRT), NAMED(BUS),  NAMED(FPE),
    NAMED(KILL),   NAMED(USR1), NAMED(SEGV), NAMED(USR2),  NAMED(PIPE), NAMED(ALRM), NAMED(TERM), NAMED(CHLD),
    NAMED(CONT),   NAMED(STOP), NAMED(TSTP), NAMED(TTIN),  NAMED(TTOU), NAMED(URG),  NAMED(XCPU), NAMED(XFSZ),
    NAMED(VTALRM), NAMED(PROF), NAMED(SYS),  NAMED(WINCH), NAMED(IO),   NAMED(IOT),
#ifdef SIGPOLL
    NAMED(POLL),
#endif
#ifdef SIGCLD
    NAMED(CLD),
#endif
#ifdef SIGSTKFLT
    NAMED(STKFLT),
#endif
#ifdef SIGPWR
    NAMED(PWR),
#endif
#ifdef SIGEMT
    NAMED(EMT),
#endif
#ifdef SIGINFO
    NAMED(INFO),
#endif
};

enum { NAMED_COUNT = sizeof named / sizeof *named };

#ifdef SIGRTMIN
static const char real_time[][9] = {
    "RTMIN",    "RTMIN+1",  "RTMIN+2",  "RTMIN+3",  "RTMIN+4",  "RTMIN+5",  "RTMIN+6",  "RTMIN+7",
    "RTMIN+8",  "RTMIN+9",  "RTMIN+10", "RTMIN+11", "RTMIN+12", "RTMIN+13", "RTMIN+14", "RTMIN+15",
    "RTMIN+16", "RTMIN+17", "RTMIN+18", "RTMIN+19", "RTMIN+20", "RTMIN+21", "RTMIN+22", "RTMIN+23",
    "RTMIN+24", "RTMIN+25", "RTMIN+26", "RTMIN+27", "RTMIN+28", "RTMIN+29", "RTMIN+30", "RTMIN+31",
};
enum { REAL_TIME_COUNT = sizeof real_time / sizeof *real_time };
#endif

static const char *real_time_name(int number) {
#ifdef SIGRTMIN
  int rank = number - SIGRTMIN;
  if (rank >= 0 && number <= SIGRTMAX && rank < REAL_TIME_COUNT)
    return real_time[rank];
#endif
  (void)number;
  return NULL;
}

int signals_number(const char *name) {
  if (strncmp(name, "SIG", 3) == 0)
    name += 3;
  for (int i = 0; i < NAMED_COUNT; i++)
    if (strcmp(named[i].name, name) == 0)
      return named[i].number;
  for (int number = 1; number < NSIG; number++) {
    const char *its = real_time_name(number);
    if (its != NULL && strcmp(its, name) == 0)
      return number;
  }
  return GV_EINVAL;
}

const char *signals_name(int number) {
  for (int i = 0; i < NAMED_COUNT; i++)
    if (named[i].number == number)
      return named[i].name;
  return real_time_name(number);
}

/* ---- whose they are ---- */

/* The signal that HotSpot suspends and resumes threads with, read as it does. */
static int suspension(void) {
  const char *chosen = getenv("_JAVA_SR_SIGNUM");
  int number = chosen == NULL ? 0 : atoi(chosen);
  return number > SIGSEGV && number > SIGBUS && number < NSIG ? number : SIGUSR2;
}

/* The C library's own: sigaction refuses them, or harms it. */
static bool is_internal(int number) {
#ifdef SIGRTMIN
  return number >= 32 && number < SIGRTMIN; /* the kernel's first, and the first that is left to programs */
#else
  return (void)number, false;
#endif
}

int signals_check(int number) {
  if (number <= 0 || number >= NSIG)
    return GV_EINVAL;
  switch (number) {
  case SIGKILL:
  case SIGSTOP:
    return GV_EINVAL;
  case SIGSEGV: /* HotSpot's: null checks, safepoints, stack banging */
  case SIGBUS:
  case SIGFPE:
  case SIGILL:
  case SIGTRAP:
  case SIGPIPE: /* it ignores these by a handler */
  case SIGXFSZ:
    return GV_EVM;
  default:
    return number == suspension() || is_internal(number) ? GV_EVM : GV_OK;
  }
}

/* ---- the handler ---- */

/* Handlers interrupt whoever uses these, and may not wait for him. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_POINTER_LOCK_FREE == 2, "a handler needs lock-free atomics");

static struct listener *_Atomic listeners[NSIG];

/*
 * How many handlers run, counted in two halves by the side they found. signals_forget changes the side and waits for
 * the half that gets no more. A single count might never be seen at 0 where signals keep coming.
 */
static _Atomic int side;
static _Atomic int running[2];

/*
 * On whichever stack, and with whichever thread-local variables: it must not write any of these. All atomics here are
 * sequentially consistent: one that is counted too late to be waited for doesn't find the listener any more.
 */
static void handle(int number) {
  _Atomic int *count = &running[atomic_load(&side)]; /* said in full: as an index, GCC 12 reads it like any variable */
  atomic_fetch_add(count, 1);
  struct listener *listener = atomic_load(&listeners[number]);
  for (; listener != NULL; listener = atomic_load(&listener->next)) {
    atomic_fetch_add(&listener->arrived, 1);
    listener->wake(listener->arg);
  }
  atomic_fetch_sub(count, 1);
}

/*
 * Waits until all handlers that may have found a listener, which is no longer in the list, have ended. Twice, since a
 * handler may count itself on the side that it found long ago.
 */
static void await_handlers(void) {
  for (int i = 0; i < 2; i++) {
    int left = atomic_load(&side);
    atomic_store(&side, !left);
    while (atomic_load(&running[left]) > 0)
      sched_yield();
  }
}

/* ---- the listeners ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before[NSIG]; /* what was there before the first listener */

/* With no signals on this thread: else the handlers of a storm could keep the lock from being given back. */
static void enter(sigset_t *mask) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, mask);
  pthread_mutex_lock(&lock);
}

static void leave(const sigset_t *mask) {
  pthread_mutex_unlock(&lock);
  pthread_sigmask(SIG_SETMASK, mask, NULL);
}

static bool install(int number) {
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART | SA_ONSTACK};
  /* A berth has room for one signal's frame and handler, not for one of each number. A fault must come all the same. */
  sigfillset(&action.sa_mask);
  const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
    sigdelset(&action.sa_mask, faults[i]);
  return sigaction(number, &action, &before[number]) == 0;
}

/* Puts back what was there, unless somebody has put his own in place of ours. */
static void uninstall(int number) {
  struct sigaction now;
  if (sigaction(number, NULL, &now) == 0 && now.sa_handler == handle)
    sigaction(number, &before[number], NULL);
}

int signals_listen(struct listener *listener) {
  int number = listener->number;
  int status = signals_check(number);
  if (status != GV_OK)
    return status;
  sigset_t mask;
  enter(&mask);
  struct listener *first = atomic_load(&listeners[number]);
  atomic_store(&listener->arrived, 0);
  atomic_store(&listener->next, first);
  atomic_store(&listeners[number], listener); /* before the handler is there: else it could find nobody to tell */
  if (first == NULL && !install(number)) {
    atomic_store(&listeners[number], NULL);
    status = GV_EINVAL;
  }
  leave(&mask);
  return status;
}

void signals_forget(struct listener *listener) {
  int number = listener->number;
  sigset_t mask;
  enter(&mask);
  struct listener *_Atomic *link = &listeners[number];
  struct listener *other;
  while ((other = atomic_load(link)) != NULL && other != listener)
    link = &other->next;
  if (other != NULL) {
    atomic_store(link, atomic_load(&listener->next)); /* it keeps its own: a handler that is at it finds its way */
    if (atomic_load(&listeners[number]) == NULL)
      uninstall(number);
    await_handlers();
  }
  leave(&mask);
}
