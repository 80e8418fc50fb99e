/*
 * Timers: in which order they come, compared with a sorted list, and what their heap does with its memory.
 */
#include "timer.h"

#include "threads.h"

enum { MANY = 1000 };

static struct timer *timers_new(int count) {
  struct timer *all = calloc((size_t)count, sizeof *all);
  check(all != NULL);
  for (int i = 0; i < count; i++)
    timer_init(&all[i]);
  return all;
}

static uint64_t random_number(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static struct timer *pop(struct timers *timers) {
  struct timer *first = timers_first(timers);
  if (first != NULL)
    timers_stop(timers, first);
  return first;
}

static void those_of_an_empty_heap_come_never(void **state) {
  (void)state;
  struct timers timers;
  struct timer timer;
  timers_init(&timers);
  timer_init(&timer);
  assert_false(timer_is_active(&timer));
  assert_null(timers_first(&timers));
  timers_stop(&timers, &timer);
  assert_null(timers_first(&timers));
  timers_term(&timers);
}

static void they_come_in_order_of_time(void **state) {
  (void)state;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(MANY);
  for (int i = 0; i < MANY; i++)
    assert_int_equal(timers_start(&timers, &all[i * 7 % MANY], i * 7 % MANY - MANY / 2), GV_OK);
  for (int i = 0; i < MANY; i++) {
    assert_true(timer_is_active(&all[i]));
    assert_ptr_equal(pop(&timers), &all[i]);
    assert_false(timer_is_active(&all[i]));
  }
  assert_null(timers_first(&timers));
  timers_term(&timers);
  free(all);
}

static void those_of_the_farthest_times_come_in_order_too(void **state) {
  (void)state;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(4);
  const int64_t times[] = {INT64_MIN, -1, 0, INT64_MAX};
  for (int i = 3; i >= 0; i--)
    assert_int_equal(timers_start(&timers, &all[i], times[i]), GV_OK);
  for (int i = 0; i < 4; i++)
    assert_ptr_equal(pop(&timers), &all[i]);
  timers_term(&timers);
  free(all);
}

static void those_of_one_time_come_in_order_of_their_start(void **state) {
  (void)state;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(MANY);
  for (int i = 0; i < MANY; i++)
    assert_int_equal(timers_start(&timers, &all[i], i < MANY / 2 ? i : 5), GV_OK);
  for (int i = 0; i < MANY / 2; i++)
    assert_int_equal(timers_start(&timers, &all[i], 5), GV_OK); /* again, and so after the others */
  for (int i = 0; i < MANY; i++)
    assert_ptr_equal(pop(&timers), &all[(i + MANY / 2) % MANY]);
  timers_term(&timers);
  free(all);
}

static void a_start_of_an_active_one_moves_it(void **state) {
  (void)state;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(MANY);
  for (int i = 0; i < MANY; i++)
    assert_int_equal(timers_start(&timers, &all[i], i), GV_OK);
  for (int i = 0; i < MANY; i++)
    assert_int_equal(timers_start(&timers, &all[i], MANY - i), GV_OK);
  assert_int_equal(timers.size, MANY);
  for (int i = MANY; i-- > 0;) {
    assert_int_equal(timers_first(&timers)->at, MANY - i);
    assert_ptr_equal(pop(&timers), &all[i]);
  }
  timers_term(&timers);
  free(all);
}

/* ---- against a model ---- */

/* The active timers, sorted by hand. */
struct model {
  struct timer *order[MANY];
  int size;
};

static void model_start(struct model *model, struct timer *timer, int64_t at) {
  int place = model->size++;
  while (place > 0 && model->order[place - 1]->at > at)
    place--;
  memmove(&model->order[place + 1], &model->order[place], sizeof timer * (size_t)(model->size - 1 - place));
  model->order[place] = timer;
}

static bool model_stop(struct model *model, const struct timer *timer) {
  int place = 0;
  while (place < model->size && model->order[place] != timer)
    place++;
  if (place == model->size)
    return false;
  model->size--;
  memmove(&model->order[place], &model->order[place + 1], sizeof timer * (size_t)(model->size - place));
  return true;
}

/* Starts more than it stops in some stretches and less in others, so that the heap grows and shrinks. */
static void they_come_as_from_a_sorted_list(void **state) {
  (void)state;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(MANY);
  static struct model model;
  uint64_t seed = 42;
  int starts = 0, stops = 0, pops = 0, largest = 0;
  int rounds = scaled(200000);
  for (int i = 0; i < rounds; i++) {
    struct timer *timer = &all[random_number(&seed) % MANY];
    unsigned most = i / 3000 % 2 == 0 ? 7 : 3; /* of 10 are starts */
    unsigned choice = (unsigned)(random_number(&seed) % 10);
    if (choice < most) {
      int64_t at = (int64_t)(random_number(&seed) % 500); /* many of one time */
      model_stop(&model, timer);
      model_start(&model, timer, at);
      assert_int_equal(timers_start(&timers, timer, at), GV_OK);
      assert_int_equal(timer->at, at);
      starts++;
    } else if (choice < 9) {
      assert_int_equal(model_stop(&model, timer), timer_is_active(timer));
      timers_stop(&timers, timer);
      assert_false(timer_is_active(timer));
      stops++;
    } else if (model.size > 0) {
      timer = model.order[0];
      model_stop(&model, timer);
      assert_ptr_equal(pop(&timers), timer);
      pops++;
    }
    assert_int_equal(timers.size, model.size);
    assert_ptr_equal(timers_first(&timers), model.size == 0 ? NULL : model.order[0]);
    largest = model.size > largest ? model.size : largest;
  }
  print_message("%d starts, %d stops, %d pops, at most %d active\n", starts, stops, pops, largest);
  for (int i = 0; i < model.size; i++)
    assert_ptr_equal(pop(&timers), model.order[i]);
  assert_null(timers_first(&timers));
  timers_term(&timers);
  free(all);
}

/* ---- memory ---- */

static void a_heap_that_was_large_gives_its_memory_back(void **state) {
  enum { LARGE = 100000 };
  (void)state;
  struct timers timers;
  timers_init(&timers);
  assert_null(timers.heap); /* none is taken before the first start */
  struct timer *all = timers_new(LARGE);
  for (int i = 0; i < LARGE; i++)
    assert_int_equal(timers_start(&timers, &all[i], i), GV_OK);
  assert_true(timers.capacity >= LARGE);
  int changes = 0;
  for (int i = 0; i < LARGE; i++) {
    int32_t before = timers.capacity;
    assert_ptr_equal(pop(&timers), &all[i]);
    changes += timers.capacity != before;
    assert_true(timers.size >= 64 || timers.capacity <= 16 * 64);
    assert_true(timers.capacity <= 64 || timers.capacity <= 16 * (timers.size + 1));
  }
  assert_true(timers.capacity <= 64);
  assert_true(changes < 20); /* not at every stop */
  timers_term(&timers);
  free(all);
}

static void a_heap_at_its_edge_does_not_grow_and_shrink_at_every_call(void **state) {
  enum { FEW = 4 };
  (void)state;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(MANY);
  for (int i = 0; i < MANY; i++)
    assert_int_equal(timers_start(&timers, &all[i], i), GV_OK);
  int changes = 0;
  for (int size = MANY - FEW; size > 0; size--) { /* up and down by a few, around every size */
    for (int i = FEW; i-- > 0;)
      timers_stop(&timers, &all[size + i]);
    int32_t before = timers.capacity;
    for (int i = 0; i < FEW; i++)
      assert_int_equal(timers_start(&timers, &all[size + i], 0), GV_OK);
    changes += timers.capacity != before;
    timers_stop(&timers, &all[size + FEW - 1]);
  }
  assert_int_equal(changes, 0);
  timers_term(&timers);
  free(all);
}

enum { ROOMY = 1 << 17, NO_LIMIT = 3 };

/* Fills a heap up to where the system gives no more. */
static void start_without_memory(void *arg) {
  (void)arg;
  struct timers timers;
  timers_init(&timers);
  struct timer *all = timers_new(ROOMY + 1);
  for (int i = 0; i < ROOMY; i++)
    check_equal(timers_start(&timers, &all[i], ROOMY - i), GV_OK);
  check_equal(timers.capacity, ROOMY);
  setrlimit(RLIMIT_AS, &(struct rlimit){0, 0});
  void *other = malloc(2 * ROOMY * sizeof *timers.heap);
  if (other != NULL)
    _exit(NO_LIMIT); /* as under an emulator */

  uint64_t turn = timers.turn;
  check_equal(timers_start(&timers, &all[ROOMY], 0), GV_ENOMEM);
  check(!timer_is_active(&all[ROOMY]));
  check_equal(timers.size, ROOMY);
  check_equal(timers.capacity, ROOMY);
  check(timers.turn == turn);
  check(timers_first(&timers) == &all[ROOMY - 1]);

  check_equal(timers_start(&timers, &all[0], -1), GV_OK); /* one that is active needs none */
  check(timers_first(&timers) == &all[0]);
  timers_stop(&timers, &all[1]);
  check_equal(timers_start(&timers, &all[ROOMY], 0), GV_OK); /* nor does one in place of another */
  check(pop(&timers) == &all[0]);
  check(pop(&timers) == &all[ROOMY]);
  for (int i = ROOMY; i-- > 2;)
    check(pop(&timers) == &all[i]);
  check(timers_first(&timers) == NULL);
}

static void without_memory_all_stays_as_it_was(void **state) {
  (void)state;
  if (SANITIZED)
    skip(); /* a sanitizer needs memory of its own */
  int status = in_child(start_without_memory, NULL);
  if (WIFEXITED(status) && WEXITSTATUS(status) == NO_LIMIT)
    skip();
  assert_int_equal(status, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_memory_all_stays_as_it_was),
      cmocka_unit_test(those_of_an_empty_heap_come_never),
      cmocka_unit_test(they_come_in_order_of_time),
      cmocka_unit_test(those_of_the_farthest_times_come_in_order_too),
      cmocka_unit_test(those_of_one_time_come_in_order_of_their_start),
      cmocka_unit_test(a_start_of_an_active_one_moves_it),
      cmocka_unit_test(they_come_as_from_a_sorted_list),
      cmocka_unit_test(a_heap_that_was_large_gives_its_memory_back),
      cmocka_unit_test(a_heap_at_its_edge_does_not_grow_and_shrink_at_every_call),
  };
  return run_guarded(tests);
}
