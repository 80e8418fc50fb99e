/*
 * slab.h: objects of one size, side by side and each at the beginning of a line of memory. Thousands of them take few
 * pages, so that who goes from one to the next seldom has to look for a page as well. Its memory is used again, and
 * never given back.
 */
#ifndef GV_SLAB_H
#define GV_SLAB_H

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SLAB_LINE = 64, SLAB_PIECES = 64 }; /* bytes; objects that are added at once */

struct slab {
  pthread_mutex_t lock;
  size_t size;  /* bytes of each */
  void *unused; /* the last one that was returned; its first word leads to the next */
};

#define SLAB_INIT(type)                                                                                                \
  { .lock = PTHREAD_MUTEX_INITIALIZER, .size = (sizeof(type) + SLAB_LINE - 1) / SLAB_LINE * SLAB_LINE }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

/* So that they see who uses what was returned. */
static inline void *slab_take(struct slab *slab) {
  return calloc(1, slab->size);
}

static inline void slab_return(struct slab *slab, void *object) {
  (void)slab;
  free(object);
}

#else

static inline void slab_push(struct slab *slab, void *object) {
  *(void **)object = slab->unused;
  slab->unused = object;
}

static inline void slab_grow(struct slab *slab) {
  char *pieces = aligned_alloc(SLAB_LINE, SLAB_PIECES * slab->size);
  for (int i = SLAB_PIECES - 1; pieces != NULL && i >= 0; i--)
    slab_push(slab, pieces + (size_t)i * slab->size);
}

/* Zeroed; NULL out of memory. Any thread. */
static inline void *slab_take(struct slab *slab) {
  pthread_mutex_lock(&slab->lock);
  if (slab->unused == NULL)
    slab_grow(slab);
  void *object = slab->unused;
  if (object != NULL)
    slab->unused = *(void **)object;
  pthread_mutex_unlock(&slab->lock);
  return object == NULL ? NULL : memset(object, 0, slab->size);
}

/* Any thread. */
static inline void slab_return(struct slab *slab, void *object) {
  pthread_mutex_lock(&slab->lock);
  slab_push(slab, object);
  pthread_mutex_unlock(&slab->lock);
}

#endif
#endif
