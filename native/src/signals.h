/*
 * signals.h: signals of the process, told to whoever listens.
 *
 * The libraries' own handlers save and restore errno. Ours may run on the berth of a lender, whose errno belongs to a
 * greenlet that runs elsewhere at that moment: it must not write it, which is why this isn't left to them. And the
 * handler that was there before is put back when the last listener of a signal leaves.
 */
#ifndef GV_SIGNALS_H
#define GV_SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct listener {
  int number;
  _Atomic uint32_t arrived; /* how often since it was last taken */
  void (*wake)(void *arg);  /* called by the handler: must be safe there, and leave thread-local variables alone */
  void *arg;
  struct listener *_Atomic next; /* of the same signal */
};

/* The number of "SIGTERM" or "TERM", or GV_EINVAL. The name of a number without "SIG", or NULL. */
int signals_number(const char *name);
const char *signals_name(int number);

/*
 * Whether it may be listened to: GV_OK; GV_EINVAL: there is no such signal, or nobody can catch it; GV_EVM: the Java
 * virtual machine, or the C library, needs it itself.
 */
int signals_check(int number);

/*
 * Starts to listen, with `arrived` at 0: GV_OK, or as signals_check. When signals_forget has returned, `wake` runs no
 * more. Any thread, but no handler. signals_forget is harmless for a listener that was forgotten already.
 */
int signals_listen(struct listener *listener);
void signals_forget(struct listener *listener);

#endif
