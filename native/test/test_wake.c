/*
 * The inbox's bell, tried as jcstress tries things: many bells, each once from its beginning. One thread goes along
 * them and tells, the other one goes along and sleeps where it may; wherever they meet, nobody sleeps over news.
 */
#include "threads.h"
#include "wake.h"

enum { BELLS = 8192 };

static struct wake bells[BELLS];
static bool slept[BELLS];
static _Atomic int ready; /* which round each of the two has come to, as a sum */

/* Both go off at the same time, or nearly so: now one is ahead, now the other. */
static void line_up(int round, int ahead) {
  atomic_fetch_add(&ready, 1);
  for (int spins = 0; atomic_load(&ready) < 2 * round; spins++)
    if (spins > 1000000)
      sched_yield();
  for (volatile int i = 0; i < ahead; i++)
    ;
}

static void *tell(void *rounds) {
  for (int round = 1; round <= *(int *)rounds; round++) {
    line_up(2 * round - 1, round % 97 * 100);
    for (int i = 0; i < BELLS; i++)
      wake_tell(&bells[i], WAKE_INBOX);
    line_up(2 * round, 0);
  }
  return NULL;
}

/* Who rings takes the sleeping away. */
static bool sleeps_on(struct wake *bell) {
  return atomic_load(&bell->sleeping);
}

static void shouldNeverSleepOverNews(void **state) {
  (void)state;
  int rounds = scaled(400), sleeps = 0;
  int fd = pollable_call();
  check(fd >= 0);
  for (int i = 0; i < BELLS; i++)
    bells[i].fd = fd;
  pthread_t teller;
  check_equal(pthread_create(&teller, NULL, tell, &rounds), 0);
  for (int round = 1; round <= rounds; round++) {
    line_up(2 * round - 1, round % 89 * 100);
    for (int i = 0; i < BELLS; i++)
      slept[i] = wake_try_sleep(&bells[i]);
    line_up(2 * round, 0);
    for (int i = 0; i < BELLS; i++) {
      sleeps += slept[i];
      check(!slept[i] || !sleeps_on(&bells[i]));
      check_equal(wake_take(&bells[i]), WAKE_INBOX);
      wake_awake(&bells[i]);
    }
    pollable_clear(fd);
  }
  pthread_join(teller, NULL);
  fprintf(stderr, "slept %d times, saw the news in time %d times\n", sleeps, rounds * BELLS - sleeps);
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shouldNeverSleepOverNews)};
  return run_guarded(tests);
}
