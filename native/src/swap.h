/*
 * swap.h: the contract of the assembly (swap_<arch>.S).
 *
 * A strand is a stack with its identity (the TLS base), at rest while its registers lie on that stack. Each function
 * leaves one strand at rest and runs on as another, so that each returns on a different kernel thread's behalf; what a
 * compiler keeps about thread-local variables across such a call stays true, since the identity moves with the stack.
 */
#ifndef GV_SWAP_H
#define GV_SWAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The assembly knows these offsets. */
struct strand {
  _Atomic(void *) sp;    /* where the saved registers lie; NULL while not at rest */
  void *tls;             /* the thread pointer that belongs to this stack; fixed */
  int64_t status;        /* what the call that left this strand returns when it runs again; 0 unless set before */
  _Atomic uint32_t word; /* whether its own kernel thread sleeps: the futex of swap_to_berth */
};
_Static_assert(offsetof(struct strand, sp) == 0, "known to swap_*.S");
_Static_assert(offsetof(struct strand, tls) == 8, "known to swap_*.S");
_Static_assert(offsetof(struct strand, status) == 16, "known to swap_*.S");
_Static_assert(offsetof(struct strand, word) == 24, "known to swap_*.S");

enum { STRAND_OWN = 0, STRAND_LENT = 1 }; /* values of word; known to swap_*.S */

/* Leaves `from` at rest and runs `to`. Returns from->status when somebody swaps back. */
int swap(struct strand *from, struct strand *to);

/* As swap, and calls then(arg) on the stack of `to`, as soon as nobody stands on the stack of `from`. */
int swap_then(struct strand *from, struct strand *to, void (*then)(void *), void *arg);

/*
 * Steps from the calling thread's stack onto its berth, says so (word = STRAND_LENT), and sleeps there until the word
 * is STRAND_OWN; then steps back to where `self` is at rest by that time. On the berth nothing is touched but the word:
 * no errno, no thread-local variable, for another kernel thread may be using this identity.
 * Returns on the calling thread's own kernel thread, or by a swap on another: self->status.
 */
int swap_to_berth(struct strand *self, void *berth_top);

/* A berth, by its top; NULL out of memory. Any thread. */
void *swap_berth_new(void);
void swap_berth_free(void *berth_top);

/* Each thread of the process passes a full fence, wherever it is. Returns whether that could be had. */
bool swap_fence_all(void);

/* Makes swap_fence_all fast, which takes about 10 ms. Any thread. */
void swap_fence_prepare(void);

/* Why this process can't swap, or NULL. */
const char *swap_refusal(void);

/* Wakes the sleeper of swap_to_berth, which goes on where its strand is at rest. Any thread. */
void swap_release(struct strand *strand);

/* Waits until the strand's own kernel thread sleeps on its berth. Any other thread. */
void swap_await(struct strand *strand);

#endif
