/*
 * pool.h: the spare lenders of the process: resting, ready to be entered, so that a start need not wait for a thread.
 *
 * The pool makes no threads. It says how many it wants (pool_wanted), whoever can make them does. It wants more
 * after a start that found none, and less when spares stood unused for the time between two trims.
 */
#ifndef GV_POOL_H
#define GV_POOL_H

#include "lend.h"

/* All functions: any thread. */

/* Returns GV_EINVAL unless 0 <= least <= most. */
int pool_bounds(int32_t least, int32_t most);

/*
 * A new lender says that it is about to rest, as a spare. Returns GV_OK, or why it had better not: GV_ESPARE as there
 * are enough, GV_EEXIT as the process ends.
 */
int pool_offer(struct lender *self);

/* Adds a resting lender, or releases it with GV_ESPARE when there are enough. */
void pool_put(struct lender *lender);

/* The lender that came last, its stack still warm in the cache; NULL if there is none. Says whether to add more. */
struct lender *pool_take(bool *low);

/* How many spares a family may keep for itself: a few, where the pool may have many. */
int32_t pool_share(void);

/* How many spares there are; how many should be added. */
int pool_size(void);
int pool_wanted(void);

/* To be called about once a second. Returns how many spares it released. */
int pool_trim(void);

/* The process ends: releases all spares with GV_EEXIT, and from now on each one that is put. */
void pool_exit(void);

#endif
