/*
 * baton.h: the slow way that is always right. Each strand stays on its own kernel thread, and a baton says which one
 * of them may run; the same steps as in swap.h, with a mutex and a condition in place of the assembly.
 */
#ifndef GV_BATON_H
#define GV_BATON_H

#include <stdbool.h>

struct baton;

/* NULL out of memory. */
struct baton *baton_new(void);
void baton_free(struct baton *baton);

/* Sleeps until the baton is passed to the calling thread, which is the only one to wait for this one. */
void baton_wait(struct baton *baton);

/* Lets the thread of this baton run, now or as soon as it waits. Any other thread. */
void baton_pass(struct baton *baton);

/* Waits until the thread of this baton waits. Any other thread. */
void baton_await(struct baton *baton);

/* Whether the thread of this baton waits. Any thread. */
bool baton_is_waiting(struct baton *baton);

#endif
