/*
 * interpose_loader.c: the dynamic linker has one lock for all, which is held while the constructors of a library run,
 * whatever they do. A guest that loads one lets go of its hub for that, and is not its hub's again before it has given
 * the lock back: meanwhile another guest of the hub might want it, and block the hub's kernel thread.
 */
#define _GNU_SOURCE
#include "interpose.h"
#include "interpose_vm.h"

#include "hub.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

static const struct native *_Atomic replaced; /* NULL: none yet */

void interpose_natives(const struct native *natives) {
  atomic_store(&replaced, natives);
}

static void *replace(const char *symbol, void *address) {
  const struct native *native = atomic_load(&replaced);
  while (native != NULL && native->symbol != NULL && strcmp(native->symbol, symbol) != 0)
    native++;
  if (native == NULL || native->symbol == NULL)
    return address;
  __atomic_store_n(native->real, address, __ATOMIC_RELEASE);
  return native->ours;
}

static _Atomic int loading; /* so many threads are within dlopen */

/* Returns the guest if it runs on its own kernel thread now, to stay there. */
static struct gv_greenlet *leave(void) {
  struct gv_greenlet *self = greenlet_self();
  if (self == NULL || !self->guest || self->stays || greenlet_process_ends() || !interpose_is_on(GV_PATCH_THREAD))
    return NULL;
  if (!self->away)
    hub_let_go(self->family->hub, self);
  if (!self->let_go)
    return NULL;
  self->let_go = false;
  return self;
}

/* From now on it may come back, when it next waits. */
static void loosen(struct gv_greenlet *self) {
  if (self != NULL)
    self->let_go = true;
}

/* Agents of the VM's tools are called in handlers of signals too, where nobody may switch. And one that a constructor
 * of another loads stays as it is: the linker's lock is held. */
static void patch(void *library) {
  struct link_map *map;
  if (library != NULL && dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 && dlsym(library, "Agent_OnLoad") == NULL &&
      dlsym(library, "Agent_OnAttach") == NULL)
    interpose_loaded(map->l_name);
}

static _Thread_local int depth; /* of calls of dlopen, by constructors */

void *hook_dlopen(const char *name, int mode) {
  struct gv_greenlet *self = leave();
  atomic_fetch_add(&loading, 1);
  depth++;
  void *library = dlopen(name, mode);
  depth--;
  atomic_fetch_sub(&loading, 1);
  if (depth == 0 && interpose_is_on(GV_PATCH_LIBRARIES))
    patch(library);
  loosen(self);
  return library;
}

/* The VM looks for each native method: that it leaves its hub for it is not worth it, unless somebody loads. */
void *hook_dlsym(void *library, const char *symbol) {
  struct gv_greenlet *self = atomic_load(&loading) > 0 ? leave() : NULL;
  void *address = dlsym(library, symbol);
  loosen(self);
  return address == NULL ? NULL : replace(symbol, address);
}
