/*
 * threads.h: Java's threads as greenlets: each thread that the program starts lends itself to a hub before its first
 * line, and takes itself back after its last one.
 */
#ifndef GV_THREADS_H
#define GV_THREADS_H

#include "hub.h"

/* threads.c. The hubs that they go to, in turn; each is to be taken back before its end. Any thread. */
int threads_add_hub(struct gv_hub *hub);
void threads_remove_hub(struct gv_hub *hub);
int threads_hub_count(void);

/* The calling thread becomes a greenlet of the next of them, and is none any more. GV_EEMPTY: there is no hub. From
 * Java it is threads_join_midway that a thread calls. */
int threads_join(void);
void threads_quit(void);

/* threads_jvm.c. As gv_vm_threads_prepare and the like; env is a JNIEnv. */
int threads_prepare(void *env);
int threads_learn(void *env, int sample, int which);
int threads_watch(void *env, bool on);
int threads_throw(void *thread, void *thrown);
int threads_join_midway(void *env, void *thread);
int threads_bound(void);

/* threads_park_jvm.c. When the library is loaded, returns whether it is so from then on; and by a thread that has
 * become such a greenlet, and is none any more. `vm` is libjvm's handle. */
bool threads_park_bind(void *env, void *vm);
void threads_park_begin(void *env, void *thread);
void threads_park_end(void *env);

/* Whether the calling thread is interrupted, or parks as threads do, so that only the VM knows. */
bool threads_may_be_interrupted(void *env);

/* threads_waits.c. To be called while a thread, of which the VM knows `size` bytes, has waited so often by LockSupport,
 * 0 at first, and more often later; for two of them. Then, and for any thread, where it counts that; NULL:
 * nobody knows. */
void threads_waits_look(const void *vm, int32_t size, int waits);
void threads_waits_conclude(void);
int64_t *threads_waits_of(const void *vm);

/* threads_report_jvm.c. Before the VM looks for what it is to find there; and whether it is to measure how long threads
 * wait, as a ThreadMXBean may ask for. */
void threads_report_bind(void);
extern _Atomic bool threads_time_waits;

static inline bool threads_waits_are_timed(void) {
  return __atomic_load_n((bool *)&threads_time_waits, __ATOMIC_RELAXED);
}

/* threads_jvm.c. How many processors the calling thread is told that there are, of so many. */
int threads_processors(int processors);

/* threads_relief_jvm.c. As gv_vm_threads_relieve. */
void threads_relieve(void *env);

/* Calls this for each of them; none is taken back meanwhile. */
void threads_each_hub(void (*look)(struct gv_hub *hub, int number, void *arg), void *arg);
enum { THREADS_HUBS_MAX = 256 };

#endif
