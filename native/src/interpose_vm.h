/*
 * interpose_vm.h: what has to be known of the VM's threads, and is found out when it runs.
 */
#ifndef GV_INTERPOSE_VM_H
#define GV_INTERPOSE_VM_H

#include <stdbool.h>
#include <stdint.h>

/* What a thread waits for on a condition of its own. */
enum own_cond { OWN_PARK, OWN_PARK_UNTIL, OWN_SLEEP, OWN_MONITOR, OWN_CONDS };

/* So far into the thread; or, unless `delta` is negative, so far into what a pointer there points to. */
struct own_place {
  int32_t offset, delta;
};

struct interpose_vm {
  void *(*thread)(void); /* the calling thread; NULL: the VM isn't known, and nobody waits in a hub */
  int32_t state;         /* so far into the thread is its state, */
  int32_t blocked;       /* where this means that the VM doesn't wait for it */
  struct own_place own[OWN_CONDS];
};

/* Set once, its `thread` last. */
extern struct interpose_vm interpose_vm;

/* Has the calling thread's next timed wait note the condition here. */
void interpose_record(const void **cond);

/* Whether the VM has started the calling thread, since GV_PATCH_THREAD is on. */
bool interpose_started(void);

/* interpose_loader.c */

/* A function that the VM is to find in place of another of that name, when it looks for a native method. */
struct native {
  const char *symbol;
  void *ours;
  void **real; /* here that other one is left, before anybody can call ours */
};

/* Any number, the last one without a symbol; once. Methods that were called before stay what they are. */
void interpose_natives(const struct native *natives);

void *hook_dlopen(const char *name, int mode);
void *hook_dlsym(void *library, const char *symbol);

#endif
