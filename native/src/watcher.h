/*
 * watcher.h: watchers of all kinds, one life cycle, and the poll that finds out which of them have news.
 *
 *   STOPPED --start--> ACTIVE --news--> pending, until its entry is taken from the ready queue
 *   ACTIVE --stop, or the news of a one-shot--> STOPPED        stop also takes back what is pending
 */
#ifndef GV_WATCHER_H
#define GV_WATCHER_H

#include "gevent4j.h"
#include "loop.h"
#include "ready.h"
#include "signals.h"
#include "timer.h"
#include "wake.h"

enum { PRIORITIES = GV_PRIORITY_MAX - GV_PRIORITY_MIN + 1, KINDS = GV_FORK + 1 };

/* What is known of a descriptor. */
struct watched {
  struct gv_watcher *first; /* of those that watch it */
  int32_t told;             /* what the loop watches it for */
  bool kept;                /* which may be more than is asked for, until it has news for nobody */
  uint32_t closings;        /* fd_closings when that began: it ends where somebody else closes it */
};

/* All that one hub waits for. */
struct watchers {
  struct loop *loop;
  struct wake wake;
  struct timers timers;
  int alarm;        /* the descriptor that wakes the loop for a timer */
  int64_t alarm_at; /* INT64_MAX: not set */
  int64_t now;      /* of the last look at the clock, ns */
  int64_t iteration;
  int32_t refs;                   /* what keeps the hub from being idle */
  int32_t active;                 /* watchers */
  int32_t watched;                /* descriptors and files that only the loop library knows about */
  int32_t news;                   /* of descriptors and files, in the last poll: told to others or not */
  bool quiet;                     /* the last poll brought nothing but check watchers */
  struct queue fired[PRIORITIES]; /* entries with news: the highest priority last */
  struct queue of_kind[KINDS];    /* active watchers, of the kinds that are neither timers nor descriptors */
  struct queue all;
  struct watched *of_descriptor; /* by number */
  int32_t descriptors;
};

/* A file that is watched, and by whom. */
struct watched_file {
  struct loop_file file; /* first */
  struct gv_watcher *watcher;
};

/* What a wait touches comes first, for of thousands that wait none is in a cache. */
struct gv_watcher {
  struct entry entry;    /* first */
  struct entry *waiter;  /* who is made ready in its place; NULL: Java's callback is */
  bool *freed;           /* of who waits: told that there is no watcher any more */
  struct watchers *home; /* NULL: it is part of something that has outlived its hub */
  enum gv_kind kind;
  int32_t number;
  int32_t priority;
  int32_t events; /* pending */
  bool active;
  bool ref;
  bool part; /* of something else, which frees it */
  union {
    struct {
      struct gv_watcher *next; /* of the same descriptor */
      int fd;                  /* of a child: its pidfd, -1 while stopped */
      int32_t mask;
      int32_t pid;
      int32_t status;
    } io; /* and child */
    struct {
      struct timer timer;
      int64_t after, repeat;
    } timer;
    _Atomic bool sent;
    struct listener listener;
    struct watched_file *file;
  };
  struct queue all;
  struct queue peers; /* its place in of_kind */
};

/* A greenlet's own timer. */
struct sleeper {
  struct timer timer; /* first */
  struct entry *entry;
};

/* Return GV_OK or why not. */
int watchers_init(struct watchers *watchers, const struct loop_backend *backend, const char *way);
void watchers_term(struct watchers *watchers);

/* Looks at the clock. */
int64_t watchers_update_now(struct watchers *watchers);

/*
 * Asks the loop, and the clock, for news; if `block`, sleeps until there is some, or somebody wakes us. Puts the
 * entries of whatever has news into fired[].
 */
void watchers_poll(struct watchers *watchers, bool block);

/* What others have told: async and signal watchers are fired. */
void watchers_told(struct watchers *watchers, uint32_t news);

/* Fires all active watchers of a kind; returns whether there are any. */
bool watchers_fire_kind(struct watchers *watchers, enum gv_kind kind);

/* Moves the fired entries to the end of the ready queue, those of the highest priority first. */
void watchers_take_fired(struct watchers *watchers, struct queue *ready);

int sleeper_start(struct watchers *watchers, struct sleeper *sleeper, struct entry *entry, int64_t ns);
void sleeper_stop(struct watchers *watchers, struct sleeper *sleeper);

struct gv_watcher *watcher_new(struct watchers *watchers, enum gv_kind kind, int32_t number);
void watcher_free(struct gv_watcher *watcher);

/* For a watcher that is part of something else. With the end of its hub it has none; the second takes it from it
 * before. */
void watcher_init(struct gv_watcher *watcher, struct watchers *watchers, enum gv_kind kind);
void watcher_term(struct gv_watcher *watcher);

/*
 * For a descriptor whose owner says when he closes it: the loop goes on watching it while nobody asks, so that who
 * waits for it again and again costs no system call. The first also forgets what was said of an earlier one of that
 * number.
 */
int watchers_keep(struct watchers *watchers, int fd);
/* The same, unless it is kept already. */
int watchers_keep_on(struct watchers *watchers, int fd);
void watchers_release(struct watchers *watchers, int fd);

int watcher_set_io(struct gv_watcher *watcher, int fd, int events);
int watcher_set_timer(struct gv_watcher *watcher, int64_t after, int64_t repeat);
int watcher_set_signal(struct gv_watcher *watcher, int number);
int watcher_set_child(struct gv_watcher *watcher, int32_t pid);
int watcher_set_stat(struct gv_watcher *watcher, const char *path, int64_t interval);
int watcher_set_priority(struct gv_watcher *watcher, int priority);
void watcher_set_ref(struct gv_watcher *watcher, bool ref);
int watcher_start(struct gv_watcher *watcher);
void watcher_stop(struct gv_watcher *watcher);
int watcher_again(struct gv_watcher *watcher);
int watcher_feed(struct gv_watcher *watcher, int events);
/* Any thread. */
void watcher_send(struct gv_watcher *watcher);

#endif
