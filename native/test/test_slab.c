/*
 * Objects of a slab: zeroed, each on lines of its own, used again, and whole while threads take and return them. Under
 * the sanitizers there is no slab, so that they see each object's end.
 */
#include "slab.h"

#include "threads.h"

#include <stdint.h>

enum { OBJECTS = 3 * SLAB_PIECES, THREADS = 4 };

struct object {
  long number;
  char more[SLAB_LINE];
};

static struct slab slab = SLAB_INIT(struct object);

static void check_zeroed(const struct object *object) {
  static const struct object zeroed;
  check(memcmp(object, &zeroed, sizeof zeroed) == 0);
}

static void each_object_is_zeroed_and_apart(void **state) {
  (void)state;
  struct object *objects[OBJECTS];
  for (int i = 0; i < OBJECTS; i++) {
    objects[i] = slab_take(&slab);
    assert_non_null(objects[i]);
    check_zeroed(objects[i]);
    memset(objects[i], i + 1, sizeof *objects[i]);
  }
  for (int i = 0; i < OBJECTS; i++) {
    for (size_t at = 0; at < sizeof *objects[i]; at++)
      assert_int_equal(((unsigned char *)objects[i])[at], (unsigned char)(i + 1));
    slab_return(&slab, objects[i]);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void what_was_returned_last_is_taken_first(void **state) {
  (void)state;
  struct object *first = slab_take(&slab), *second = slab_take(&slab);
  assert_int_equal((uintptr_t)first % SLAB_LINE, 0);
  slab_return(&slab, first);
  slab_return(&slab, second);
  assert_ptr_equal(slab_take(&slab), second);
  check_zeroed(second);
  assert_ptr_equal(slab_take(&slab), first);
  slab_return(&slab, first);
  slab_return(&slab, second);
}
#endif

static void *take_and_return(void *number) {
  for (long i = scaled(20000); i > 0; i--) {
    struct object *object = slab_take(&slab);
    check(object != NULL);
    check_zeroed(object);
    object->number = (intptr_t)number;
    if (i % 16 == 0)
      sched_yield();
    check_equal(object->number, (intptr_t)number);
    slab_return(&slab, object);
  }
  return NULL;
}

static void each_thread_has_its_own(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  for (intptr_t i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, take_and_return, (void *)(i + 1)), 0);
  for (int i = 0; i < THREADS; i++)
    pthread_join(threads[i], NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_object_is_zeroed_and_apart),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    cmocka_unit_test(what_was_returned_last_is_taken_first),
#endif
    cmocka_unit_test(each_thread_has_its_own),
  };
  return run_guarded(tests);
}
