/*
 * fdtable.h: what the whole process knows of a descriptor's number: what file it stands for, how often that has been
 * closed, and who wants to hear of it. Any thread.
 *
 * It is told of closings by the hooks of close(2) and dup2(2): of those that somebody else's code makes.
 */
#ifndef GV_FDTABLE_H
#define GV_FDTABLE_H

#include "guess.h"
#include "spin.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who wants to hear that the number doesn't stand for its file any more: closed() is called by whoever closes it, with
 * the place locked. */
struct fd_visit {
  struct fd_visit *next;
  void (*closed)(struct fd_visit *visit);
};

struct fd_place {
  _Atomic uint64_t word;   /* how often it was closed, above what is known of the file that it stands for now */
  _Atomic uint64_t file;   /* which one it is, as far as is known: of fd_is */
  struct fd_visit *visits; /* under the lock */
  struct spin lock;        /* held for so long as a call takes that doesn't block */
  struct guess guess;      /* of what is there to be read */
};

enum { FD_CHUNK = 1024, FD_CHUNKS = 1024 };
extern _Atomic(struct fd_place *) fd_chunks[FD_CHUNKS];

/* NULL: nothing is known. */
static inline struct fd_place *fdtable_find(int fd) {
  if (fd < 0 || fd >= FD_CHUNK * FD_CHUNKS)
    return NULL;
  struct fd_place *chunk = atomic_load_explicit(&fd_chunks[fd / FD_CHUNK], memory_order_acquire);
  return chunk == NULL ? NULL : &chunk[fd % FD_CHUNK];
}

/* NULL out of memory, and for numbers that are too high. */
struct fd_place *fdtable_place(int fd);

static inline uint32_t fd_closings(int fd) {
  struct fd_place *place = fdtable_find(fd);
  return place == NULL ? 0 : (uint32_t)(atomic_load(&place->word) >> 32);
}

/* Bits that the file has, as far as is known; 0: nothing is. */
static inline uint32_t fd_known(int fd) {
  struct fd_place *place = fdtable_find(fd);
  return place == NULL ? 0 : (uint32_t)atomic_load_explicit(&place->word, memory_order_relaxed);
}

/* It stands for this file, told by some number: where that is news, the number was closed by somebody who told nobody.
 */
void fd_is(struct fd_place *place, uint64_t file);

/* Adds bits, found out since `closings` was read: unless it was closed meanwhile. */
void fd_learn(struct fd_place *place, uint32_t closings, uint32_t bits);

/* Takes bits back, under the lock. */
void fd_unlearn(struct fd_place *place, uint32_t bits);

/* The number stands for another file, or none. Before it is closed; and after it, when whoever visits is told. */
void fd_forget(struct fd_place *place);
void fd_tell(struct fd_place *place);

/* As if all numbers had been closed: for when nobody has told of it for a while. */
void fdtable_forget(void);

void fd_lock(struct fd_place *place);
void fd_unlock(struct fd_place *place);

void fd_enter(struct fd_place *place, struct fd_visit *visit);
void fd_leave(struct fd_place *place, struct fd_visit *visit);

/* Calls this for each visit of any number, its place locked. */
void fdtable_each_visit(void (*look)(struct fd_visit *visit, void *arg), void *arg);

#endif
