#include "fdtable.h"

#include <stdlib.h>

_Atomic(struct fd_place *) fd_chunks[FD_CHUNKS];

static struct fd_place *add_chunk(int number) {
  struct fd_place *made = calloc(FD_CHUNK, sizeof *made), *before = NULL;
  if (made != NULL && !atomic_compare_exchange_strong(&fd_chunks[number], &before, made)) {
    free(made);
    return before; /* another thread was faster */
  }
  return made;
}

struct fd_place *fdtable_place(int fd) {
  struct fd_place *place = fdtable_find(fd);
  if (place != NULL || fd < 0 || fd >= FD_CHUNK * FD_CHUNKS)
    return place;
  struct fd_place *chunk = add_chunk(fd / FD_CHUNK);
  return chunk == NULL ? NULL : &chunk[fd % FD_CHUNK];
}

void fd_learn(struct fd_place *place, uint32_t closings, uint32_t bits) {
  uint64_t word = atomic_load(&place->word);
  while (word >> 32 == closings && !atomic_compare_exchange_weak(&place->word, &word, word | bits))
    ;
}

void fd_unlearn(struct fd_place *place, uint32_t bits) {
  atomic_fetch_and(&place->word, ~(uint64_t)bits);
}

void fd_forget(struct fd_place *place) {
  atomic_store_explicit(&place->guess.drained, false, memory_order_relaxed);
  uint64_t word = atomic_load(&place->word);
  while (!atomic_compare_exchange_weak(&place->word, &word, ((word >> 32) + 1) << 32))
    ;
}

void fd_is(struct fd_place *place, uint64_t file) {
  if (atomic_exchange(&place->file, file) != file)
    fd_forget(place);
}

void fd_lock(struct fd_place *place) {
  spin_lock(&place->lock);
}

void fd_unlock(struct fd_place *place) {
  spin_unlock(&place->lock);
}

/* Who comes in later sees that it was closed. */
void fd_tell(struct fd_place *place) {
  fd_forget(place);
  fd_lock(place);
  for (struct fd_visit *visit = place->visits; visit != NULL; visit = visit->next)
    visit->closed(visit);
  fd_unlock(place);
}

void fdtable_forget(void) {
  for (int i = 0; i < FD_CHUNKS; i++) {
    struct fd_place *chunk = atomic_load(&fd_chunks[i]);
    for (int k = 0; chunk != NULL && k < FD_CHUNK; k++)
      fd_forget(&chunk[k]);
  }
}

void fd_enter(struct fd_place *place, struct fd_visit *visit) {
  fd_lock(place);
  visit->next = place->visits;
  __atomic_store_n(&place->visits, visit, __ATOMIC_RELAXED);
  fd_unlock(place);
}

void fd_leave(struct fd_place *place, struct fd_visit *visit) {
  fd_lock(place);
  struct fd_visit **link = &place->visits;
  while (*link != visit)
    link = &(*link)->next;
  __atomic_store_n(link, visit->next, __ATOMIC_RELAXED);
  fd_unlock(place);
}

static void each_visit(struct fd_place *place, void (*look)(struct fd_visit *visit, void *arg), void *arg) {
  if (__atomic_load_n(&place->visits, __ATOMIC_RELAXED) == NULL)
    return;
  fd_lock(place);
  for (struct fd_visit *visit = place->visits; visit != NULL; visit = visit->next)
    look(visit, arg);
  fd_unlock(place);
}

void fdtable_each_visit(void (*look)(struct fd_visit *visit, void *arg), void *arg) {
  for (int i = 0; i < FD_CHUNKS; i++) {
    struct fd_place *chunk = atomic_load(&fd_chunks[i]);
    for (int k = 0; chunk != NULL && k < FD_CHUNK; k++)
      each_visit(&chunk[k], look, arg);
  }
}
