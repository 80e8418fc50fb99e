/*
 * interpose.h: functions of the C library in whose place the libraries of others call ours, so that a greenlet waits in
 * its hub where it would have blocked a kernel thread. What is replaced is the slot through which a library calls: its
 * entry in the global offset table.
 *
 *   FREE --interpose_patch--> PATCHED --interpose_unpatch--> FREE        MISSING, FOREIGN, UNLOADED: left alone
 */
#ifndef GV_INTERPOSE_H
#define GV_INTERPOSE_H

#include "gevent4j.h"

#include <stdbool.h>

/* One of ours, and the gv_patch that it serves. Whatever isn't for it, it passes on by calling the function of that
 * name itself, which from here is the C library's: slots that lead elsewhere are left alone. */
struct hook {
  const char *symbol;
  void *ours;
  int patch;
};

/* Lists of them, each with a last one that has no symbol. To add one for a library: here, and in interpose.c. */
extern const struct hook interpose_io_hooks[];
extern const struct hook interpose_program_hooks[];
extern const struct hook interpose_vm_hooks[];
extern const struct hook interpose_libev_hooks[];
extern const struct hook interpose_libuv_hooks[];

/* A mask of gv_patch: those that are on. */
extern _Atomic int interpose_on;

/* Whether libraries are patched whose descriptors others may close, who aren't: then what is known of a number may be
 * wrong. The JDK's own libraries close what they open. */
extern _Atomic bool interpose_strangers;

static inline bool interpose_is_on(int patch) {
  return (__atomic_load_n((int *)&interpose_on, __ATOMIC_RELAXED) & patch) != 0;
}

/* As gv_patch, gv_unpatch and gv_patch_library. */
int interpose_patch(int what);
int interpose_unpatch(int what);
int interpose_library(const char *name);

/* One that the VM has just loaded, by its path. Not while the dynamic linker's lock is held. */
void interpose_loaded(const char *path);

/* interpose_names.c. As gv_patch_names. */
struct resolver_options;
int names_choose(int choice, const struct resolver_options *options);

/* A row of the table. */
struct slot {
  const char *library;
  const struct hook *hook;
  enum gv_slot state;
  void **place; /* NULL: not known */
  void *before; /* what was there */
  bool sealed;  /* its page is read-only */
};

/* How many rows there are, and one of them: false if there is none of that number. */
int interpose_count(void);
bool interpose_row(int row, struct slot *slot);

/* ---- interpose_elf.c: where the slots are ---- */

/* A library that is loaded, by the name of its file or by its path: calls found() for each slot whose symbol is in the
 * list. Returns whether it is loaded. */
bool slots_find(const char *library, const struct hook *hooks,
                void (*found)(const struct hook *hook, void **place, bool sealed, bool bound, void *arg), void *arg);

/* Has it stay loaded for good, if it is: what is written back later must still be there. */
bool slots_keep(const char *library);

/* Writes into a slot. GV_OK, or GV_ESYSTEM - errno. */
int slot_write(void **place, void *value, bool sealed);

/* Where the C library has the function. */
void *slot_expected(const char *symbol);

/* Whether two functions are of the same library, as are those of one name and of several versions. */
bool slots_lead_alike(const void *one, const void *other);

/* Whether it is one of the JDK's own: below the folder that libjava.so is in. */
bool slots_are_of_jdk(const char *path);

/* Has the JDK's own libraries loaded, where there is a JDK; it loads some of them only when it needs them. */
void slots_load_libraries(void);

/* From now on this library stays where it is: others call into it. */
void slots_pin(void);

#endif
