/*
 * ready.h: what may stand in a hub's ready queue, in the order in which it is to be carried out.
 */
#ifndef GV_READY_H
#define GV_READY_H

#include "queue.h"

enum entry_kind {
  ENTRY_GREENLET,  /* it runs on */
  ENTRY_WATCHER,   /* its callback is Java's */
  ENTRY_CALLBACKS, /* so many of Java's plain callbacks */
  ENTRY_INBOX      /* Java looks what other threads have left */
};

/* The head of whatever is ready; alone in its link while it isn't. */
struct entry {
  struct queue link;
  enum entry_kind kind;
};

static inline void entry_init(struct entry *entry, enum entry_kind kind) {
  queue_init(&entry->link);
  entry->kind = kind;
}

static inline bool entry_is_ready(const struct entry *entry) {
  return !queue_is_empty(&entry->link);
}

#endif
