/*
 * watcher_parts.h: what the files of this room say to each other.
 */
#ifndef GV_WATCHER_PARTS_H
#define GV_WATCHER_PARTS_H

#include "watcher.h"

/* watcher.c: it has news, or an entry that stands for something has. */
void watcher_fire(struct gv_watcher *watcher, int events);
void watcher_fire_entry(struct watchers *watchers, struct entry *entry, int priority);

void watcher_activate(struct gv_watcher *watcher);
void watcher_deactivate(struct gv_watcher *watcher);

/* watcher_io.c */
int watcher_start_io(struct gv_watcher *watcher);
void watcher_stop_io(struct gv_watcher *watcher);
int watcher_start_child(struct gv_watcher *watcher);
void watcher_stop_child(struct gv_watcher *watcher);
void watchers_fire_descriptor(struct watchers *watchers, int fd, int events);
/* The loop doesn't watch it any more, since somebody has closed it. */
void watchers_fire_closed(struct watchers *watchers, int fd);

/* watcher_timer.c */
int watcher_start_timer(struct gv_watcher *watcher, int64_t ns);
void watchers_fire_due(struct watchers *watchers);

#endif
