/*
 * guess.h: whether a read of a connection surely finds nothing, so that the reader may as well wait at once.
 *
 * A read that doesn't fill its memory has taken all that was there, and who reads again mostly learns by a system call
 * that nothing has come since; where the loop watches the descriptor anyway, to wait costs none. One in so many is
 * tried all the same, as long as it finds something. It is a guess: whoever waits is told of whatever is there.
 */
#ifndef GV_GUESS_H
#define GV_GUESS_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct guess {
  _Atomic bool drained;     /* the last read took all that there was */
  _Atomic uint8_t believed; /* so often yet nothing is taken to have come since */
};

enum { GUESS_BELIEVED = 15 };

static inline bool guess_is_empty(struct guess *guess) {
  uint8_t believed = atomic_load_explicit(&guess->believed, memory_order_relaxed);
  if (believed == 0 || !atomic_load_explicit(&guess->drained, memory_order_relaxed))
    return false;
  atomic_store_explicit(&guess->believed, believed - 1, memory_order_relaxed);
  return true;
}

/* From what a read of so many bytes has returned, with errno. */
static inline void guess_learn(struct guess *guess, ssize_t count, size_t size) {
  if (count >= 0)
    atomic_store_explicit(&guess->drained, count > 0 && (size_t)count < size, memory_order_relaxed);
  else if (errno == EAGAIN)
    atomic_store_explicit(&guess->believed, GUESS_BELIEVED, memory_order_relaxed);
}

#endif
