/*
 * queue.h: an intrusive doubly linked list. It allocates nothing and knows nothing of ours.
 */
#ifndef GV_QUEUE_H
#define GV_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* A place in a queue, or the queue itself: then next is its first and previous its last place. */
struct queue {
  struct queue *next;
  struct queue *previous;
};

/* The struct of `type` whose field `member` is `link`. */
#define queue_entry(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))

static inline void queue_init(struct queue *queue) {
  queue->next = queue;
  queue->previous = queue;
}

static inline bool queue_is_empty(const struct queue *queue) {
  return queue->next == queue;
}

static inline void queue_push_first(struct queue *queue, struct queue *link) {
  link->next = queue->next;
  link->previous = queue;
  queue->next->previous = link;
  queue->next = link;
}

static inline void queue_push_last(struct queue *queue, struct queue *link) {
  queue_push_first(queue->previous, link);
}

/* Takes a link out of its queue; harmless for one that is in none, if it was initialised. */
static inline void queue_remove(struct queue *link) {
  link->previous->next = link->next;
  link->next->previous = link->previous;
  queue_init(link);
}

/* Moves all that is in `from`, in its order, to the end of `to`. */
static inline void queue_move_all(struct queue *to, struct queue *from) {
  if (queue_is_empty(from))
    return;
  from->next->previous = to->previous;
  to->previous->next = from->next;
  from->previous->next = to;
  to->previous = from->previous;
  queue_init(from);
}

#endif
