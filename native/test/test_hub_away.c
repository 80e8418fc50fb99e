/*
 * Greenlets that leave their hub for a while, to block on their own kernel threads, and come back.
 */
#include "hubs.h"

#include <semaphore.h>

enum { TRAVELLERS = 4 };

static sem_t journeys[TRAVELLERS]; /* each lets one traveller come home */
static _Atomic int abroad;
static int home[TRAVELLERS];
static int home_count;
static long hub_thread;

static void begin(void) {
  for (int i = 0; i < TRAVELLERS; i++)
    sem_init(&journeys[i], 0, 0);
  abroad = 0;
  home_count = 0;
  hub_thread = kernel_thread();
}

static int travel(struct thread *thread) {
  check_equal(gv_hub_leave(hub, thread->greenlet), GV_OK);
  check_equal(kernel_thread(), thread->kernel_thread);
  abroad++;
  while (sem_wait(&journeys[thread->number]) != 0)
    ;
  check_equal(gv_hub_return(hub, thread->greenlet), GV_OK);
  check_equal(kernel_thread(), by_swap() ? hub_thread : thread->kernel_thread);
  abroad--;
  home[home_count++] = thread->number;
  check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK); /* one of the others again */
  return GV_OK;
}

static void await_abroad(int count) {
  while (abroad != count)
    sched_yield();
}

static int work(struct thread *thread) {
  for (int i = 0; i < 100; i++)
    check_equal(gv_hub_yield(hub, thread->greenlet), GV_OK);
  *(bool *)thread->arg = true;
  return GV_OK;
}

static void shouldRunTheOthersWhileOneIsAway(void) {
  begin();
  spawn(travel, NULL);
  await_abroad(1);
  bool worked = false;
  spawn(work, &worked);
  while (!worked)
    check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_equal(home_count, 0);
  sem_post(&journeys[0]);
  run_until_idle();
  check_equal(home_count, 1);
}

static void shouldNotBeIdleWhileSomebodyIsAway(void) {
  begin();
  spawn(travel, NULL);
  for (int i = 0; i < 10; i++)
    check_equal(run(GV_RUN_ONCE | GV_RUN_NOWAIT), 0);
  check_equal(gv_hub_ref(hub, 0), 1);
  sem_post(&journeys[0]);
  run_until_idle(); /* it sleeps until the traveller wakes it */
  check_equal(home_count, 1);
  check_equal(gv_hub_ref(hub, 0), 0);
}

/* Who is home shows in the hub's list before the hub looks at it. */
static void bring_home(int number) {
  struct gv_greenlet *before = atomic_load(&hub->returning);
  sem_post(&journeys[number]);
  while (atomic_load(&hub->returning) == before)
    sched_yield();
}

static void shouldTakeThoseThatComeBackInTheirOrder(void) {
  begin();
  for (int i = 0; i < TRAVELLERS; i++)
    spawn(travel, NULL);
  await_abroad(TRAVELLERS);
  const int order[TRAVELLERS] = {2, 0, 3, 1};
  for (int i = 0; i < TRAVELLERS; i++)
    bring_home(order[i]);
  check_equal(gv_hub_ref(hub, 0), TRAVELLERS);
  run_until_idle();
  for (int i = 0; i < TRAVELLERS; i++)
    check_equal(home[i], order[i]);
}

static int wait_beside(struct thread *thread) {
  check_equal(gv_hub_wait(hub, thread->greenlet), GV_OK);
  home[home_count++] = 9;
  return GV_OK;
}

static void shouldPutThoseThatComeBackBehindThoseThatAreReady(void) {
  begin();
  spawn(travel, NULL);
  spawn(travel, NULL);
  struct gv_greenlet *waiter = spawn(wait_beside, NULL);
  await_abroad(2);
  bring_home(1);
  bring_home(0);
  check_equal(gv_hub_ready(hub, waiter), 1);
  run_until_idle();
  check_equal(home_count, 3);
  check_equal(home[0], 9);
  check_equal(home[1], 1);
  check_equal(home[2], 0);
}

/* ---- many times, with nobody to keep their order ---- */

static int commute(struct thread *thread) {
  for (int i = 0; i < *(int *)thread->arg; i++) {
    check_equal(gv_hub_leave(hub, thread->greenlet), GV_OK);
    check_equal(kernel_thread(), thread->kernel_thread);
    check_equal(gv_hub_return(hub, thread->greenlet), GV_OK);
    home_count++; /* no two at once */
  }
  return GV_OK;
}

static void shouldTakeBackWhoeverComes(void) {
  begin();
  int rounds = scaled(1000);
  for (int i = 0; i < 2 * TRAVELLERS; i++)
    spawn(commute, &rounds);
  run_until_idle();
  check_equal(home_count, 2 * TRAVELLERS * rounds);
  check_equal(gv_hub_ref(hub, 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldRunTheOthersWhileOneIsAway),
      promise(shouldNotBeIdleWhileSomebodyIsAway),
      promise(shouldTakeThoseThatComeBackInTheirOrder),
      promise(shouldPutThoseThatComeBackBehindThoseThatAreReady),
      promise(shouldTakeBackWhoeverComes),
  };
  return run_over_both(tests);
}
