/*
 * threads_waits.c: where the VM counts how often a thread has waited, which is what a ThreadMXBean tells: who parks in
 * his hub counts himself. It lies behind one of the pointers that the VM has in what it knows a thread by, and is found
 * by what grows with each of some waits, in two threads.
 */
#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WORDS_MAX = 1024, FIELDS = 8 }; /* of a thread; behind each of its pointers */

struct look {
  int64_t *target[WORDS_MAX]; /* what each word points to, if it does */
  int64_t fields[WORDS_MAX][FIELDS];
};

static struct look *before;
static int waits_before;
static bool grows[WORDS_MAX][FIELDS]; /* in all that was seen so far */
static bool any;
static int word, field; /* where it is */
static bool found;

#if defined(__linux__)
/* Of addresses that may be none. */
static bool copy(void *to, const void *from, size_t size) {
  struct iovec local = {to, size}, remote = {(void *)from, size};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Where our own variables grow as well. */
static bool is_on_stack(const void *address) {
  pthread_attr_t attributes;
  void *lowest;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0)
    return true;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return (uintptr_t)address - (uintptr_t)lowest < size;
}
#else
static bool copy(void *to, const void *from, size_t size) {
  (void)to, (void)from, (void)size;
  return false;
}

static bool is_on_stack(const void *address) {
  (void)address;
  return true;
}
#endif

static int words_of(int32_t size) {
  int words = (int)((size_t)size / sizeof(int64_t));
  return words < WORDS_MAX ? words : WORDS_MAX;
}

static struct look *look_at(const void *vm, int32_t size) {
  struct look *look = calloc(1, sizeof *look);
  int64_t *const *thread = vm;
  for (int i = 0; look != NULL && i < words_of(size); i++)
    if ((uintptr_t)thread[i] % sizeof(int64_t) == 0 && !is_on_stack(thread[i]) &&
        copy(look->fields[i], thread[i], sizeof look->fields[i]))
      look->target[i] = thread[i];
  return look;
}

static void compare(const struct look *now, int waits) {
  for (int i = 0; i < WORDS_MAX; i++)
    for (int j = 0; j < FIELDS; j++)
      grows[i][j] = (grows[i][j] || !any) && now->target[i] != NULL && now->target[i] == before->target[i] &&
                    now->fields[i][j] - before->fields[i][j] == waits - waits_before;
  any = true;
}

void threads_waits_look(const void *vm, int32_t size, int waits) {
  struct look *now = look_at(vm, size);
  if (now != NULL && before != NULL && waits > 0)
    compare(now, waits);
  free(before);
  before = now;
  waits_before = waits;
}

/* There may be several ways there, but not to several places. */
void threads_waits_conclude(void) {
  const int64_t *place = NULL;
  found = before != NULL;
  for (int i = 0; found && i < WORDS_MAX; i++)
    for (int j = 0; j < FIELDS; j++)
      if (grows[i][j]) {
        found &= place == NULL || place == before->target[i] + j;
        place = before->target[i] + j;
        word = i;
        field = j;
      }
  found &= place != NULL;
  free(before);
  before = NULL;
}

int64_t *threads_waits_of(const void *vm) {
  return found ? ((int64_t *const *)vm)[word] + field : NULL;
}
