/*
 * interpose.c: which slots there are, which are patched, and why the others aren't.
 */
#include "interpose.h"

#include "fdtable.h"
#include "greenlet.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

_Atomic int interpose_on;
_Atomic bool interpose_strangers;

/* ---- the libraries ---- */

enum { LIBRARIES_MAX = 256 };

struct library {
  const char *name;
  const struct hook *hooks;
  bool loaded;
  bool of_program;
};

/* Those of the program come behind. */
static struct library libraries[LIBRARIES_MAX] = {
    {"libnio.so", interpose_io_hooks, false, false},     {"libnet.so", interpose_io_hooks, false, false},
    {"libjava.so", interpose_io_hooks, false, false},    {"libjvm.so", interpose_vm_hooks, false, false},
    {"libev.so.4", interpose_libev_hooks, false, false}, {"libuv.so.1", interpose_libuv_hooks, false, false},
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* all that follows */

static int library_count(void) {
  int count = 0;
  while (count < LIBRARIES_MAX && libraries[count].name != NULL)
    count++;
  return count;
}

/* ---- the table ---- */

static struct slot *slots;
static int slot_count, slot_room;
static bool started; /* it has the rows of the JDK's own libraries */

static struct slot *add_slot(const struct library *library, const struct hook *hook) {
  if (slot_count == slot_room) {
    int room = slot_room == 0 ? 128 : 2 * slot_room;
    struct slot *grown = realloc(slots, (size_t)room * sizeof *grown);
    if (grown == NULL)
      return NULL;
    slots = grown;
    slot_room = room;
  }
  struct slot *slot = &slots[slot_count++];
  *slot = (struct slot){.library = library->name, .hook = hook, .state = GV_SLOT_UNLOADED};
  return slot;
}

static int add_slots(const struct library *library) {
  for (const struct hook *hook = library->hooks; hook->symbol != NULL; hook++)
    if (add_slot(library, hook) == NULL)
      return GV_ENOMEM;
  return GV_OK;
}

/* The row of a library's hook that has no place yet; a new one where the library has several slots for it. */
static struct slot *row_of(const struct library *library, const struct hook *hook) {
  for (int i = 0; i < slot_count; i++)
    if (slots[i].library == library->name && slots[i].hook == hook && slots[i].place == NULL)
      return &slots[i];
  return add_slot(library, hook);
}

/*
 * A slot that isn't bound yet leads back into its library. One that leads anywhere but to the C library was set by
 * somebody else, who wants to be called: left alone.
 */
static void take_slot(const struct hook *hook, void **place, bool sealed, bool bound, void *arg) {
  struct slot *slot = row_of(arg, hook);
  if (slot == NULL)
    return;
  void *expected = slot_expected(hook->symbol);
  slot->place = place;
  slot->sealed = sealed;
  slot->before = bound ? *place : expected;
  slot->state = expected == NULL || (bound && !slots_lead_alike(*place, expected)) ? GV_SLOT_FOREIGN : GV_SLOT_FREE;
}

static int found_in(const struct library *library) {
  int found = 0;
  for (int i = 0; i < slot_count; i++)
    found += slots[i].library == library->name && slots[i].place != NULL;
  return found;
}

static void look_for(struct library *library) {
  if (library->loaded || !slots_keep(library->name))
    return;
  library->loaded = slots_find(library->name, library->hooks, take_slot, library);
  if (library->of_program) {
    if (found_in(library) > 0) /* it brings descriptors */
      interpose_strangers = true;
    slots_find(library->name, interpose_program_hooks, take_slot, library);
  }
  for (int i = 0; i < slot_count; i++)
    if (slots[i].library == library->name && slots[i].place == NULL)
      slots[i].state = GV_SLOT_MISSING;
}

/* ---- patching ---- */

/* Has a slot be as the patches want it that are on. */
static int settle(struct slot *slot, int on) {
  bool wanted = (slot->hook->patch & on) != 0;
  bool patched = slot->state == GV_SLOT_PATCHED;
  if (wanted == patched || (!patched && slot->state != GV_SLOT_FREE))
    return GV_OK;
  if (patched && *slot->place != slot->hook->ours) { /* somebody has set it after us, and may call us yet */
    slot->state = GV_SLOT_FOREIGN;
    return GV_OK;
  }
  int status = slot_write(slot->place, wanted ? slot->hook->ours : slot->before, slot->sealed);
  if (status == GV_OK)
    slot->state = wanted ? GV_SLOT_PATCHED : GV_SLOT_FREE;
  return status;
}

/* The hooks are told first of what comes, and last of what goes: what they find off they pass on. */
static int settle_all(int on) {
  int status = GV_OK;
  for (int i = 0; i < slot_count && status == GV_OK; i++)
    status = settle(&slots[i], on);
  return status;
}

/* A child of the program's that waits must not go on with its parent's greenlets. */
static void stay_alone_in_children(void) {
  if (!started)
    pthread_atfork(NULL, NULL, greenlet_forked);
}

static int start(void) {
  slots_pin();
  stay_alone_in_children();
  slots_load_libraries();
  int status = GV_OK;
  for (int i = 0; !started && i < library_count() && status == GV_OK; i++)
    status = add_slots(&libraries[i]);
  started = true;
  for (int i = 0; i < library_count(); i++)
    look_for(&libraries[i]);
  return status;
}

int interpose_patch(int what) {
  if ((what & ~GV_PATCH_ALL) != 0)
    return GV_EINVAL;
  pthread_mutex_lock(&lock);
  int on = interpose_on | what;
  int status = what == 0 ? GV_OK : start();
  if (status == GV_OK)
    status = settle_all(on);
  if (status == GV_OK)
    interpose_on = on;
  else
    settle_all(interpose_on);
  pthread_mutex_unlock(&lock);
  return status == GV_OK ? on : status;
}

int interpose_unpatch(int what) {
  if ((what & ~GV_PATCH_ALL) != 0)
    return GV_EINVAL;
  pthread_mutex_lock(&lock);
  int on = interpose_on &= ~what;
  int status = settle_all(on);
  fdtable_forget(); /* from now on we may not be told */
  pthread_mutex_unlock(&lock);
  return status == GV_OK ? on : status;
}

/* ---- libraries of the program ---- */

static struct library *find_library(const char *name) {
  for (int i = 0; i < library_count(); i++)
    if (strcmp(libraries[i].name, name) == 0)
      return &libraries[i];
  return NULL;
}

static struct library *add_library(const char *name, int *status) {
  int count = library_count();
  if (count == LIBRARIES_MAX) {
    *status = GV_EINVAL;
    return NULL;
  }
  char *copy = strdup(name);
  struct library *library = &libraries[count];
  *library = (struct library){.name = copy, .hooks = interpose_io_hooks, .of_program = true};
  *status = copy == NULL ? GV_ENOMEM : GV_OK; /* rows come with what is found: of most functions it has none */
  return *status == GV_OK ? library : NULL;
}

/* Nothing is remembered of one that isn't there. */
static void drop_library(struct library *library) {
  while (slot_count > 0 && slots[slot_count - 1].library == library->name)
    slot_count--;
  free((char *)library->name);
  *library = (struct library){0};
}

int interpose_library(const char *name) {
  if (name == NULL || name[0] == 0)
    return GV_EINVAL;
  pthread_mutex_lock(&lock);
  int status = start();
  struct library *library = find_library(name);
  bool is_new = library == NULL;
  if (status == GV_OK && is_new)
    library = add_library(name, &status);
  if (status == GV_OK) {
    look_for(library);
    if (is_new && !library->loaded) {
      drop_library(library);
      status = GV_EINVAL;
    }
  }
  if (status == GV_OK && (status = settle_all(interpose_on)) == GV_OK)
    status = found_in(library);
  pthread_mutex_unlock(&lock);
  return status;
}

static void count_slot(const struct hook *hook, void **place, bool sealed, bool bound, void *count) {
  (void)hook, (void)place, (void)sealed, (void)bound;
  ++*(int *)count;
}

/* Most call nothing that waits, and may be unloaded again. One that can't be patched is as it was. */
void interpose_loaded(const char *path) {
  int count = 0;
  if (slots_are_of_jdk(path))
    return;
  slots_find(path, interpose_io_hooks, count_slot, &count);
  slots_find(path, interpose_program_hooks, count_slot, &count);
  if (count > 0)
    interpose_library(path);
}

/* ---- what there is ---- */

int interpose_count(void) {
  pthread_mutex_lock(&lock);
  int count = slot_count;
  pthread_mutex_unlock(&lock);
  return count;
}

bool interpose_row(int row, struct slot *slot) {
  pthread_mutex_lock(&lock);
  bool there = row >= 0 && row < slot_count;
  if (there)
    *slot = slots[row];
  pthread_mutex_unlock(&lock);
  return there;
}
