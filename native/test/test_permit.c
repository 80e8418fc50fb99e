/*
 * Permits to go on: given before and while somebody waits for one, by his own kernel thread and by others.
 */
#include "hubs.h"
#include "permit.h"

enum { ROUNDS = 2000 };
static const int64_t LONG = 60000000000;

static char vm[2]; /* their addresses are what a VM would know threads by */
static _Atomic int passed;

static struct permit *begin(const void *vm) {
  permit_arrive(permit_expect(vm));
  struct permit *own = permit_begin(vm);
  check(own != NULL && permit_own() == own);
  return own;
}

/* Parks once. */
static int pass(struct thread *thread) {
  struct permit *own = begin(&vm[0]);
  int64_t ns = thread->arg == NULL ? 0 : *(const int64_t *)thread->arg;
  int status = permit_take(own) ? GV_OK : permit_wait(own, thread->greenlet, false, ns);
  passed++;
  permit_leave();
  check(permit_own() == NULL);
  return status;
}

static void begin_promise(void) {
  passed = 0;
}

static void shouldWaitUntilItIsGiven(void) {
  begin_promise();
  spawn(pass, NULL);
  check_equal(passed, 0);
  check(permit_give(&vm[0]));
  check_equal(passed, 0);
  run_until_idle();
  check_equal(passed, 1);
  check(!permit_give(&vm[0]));
}

static void shouldNotWaitOnceItIsGiven(void) {
  begin_promise();
  struct permit *expected = permit_expect(&vm[1]);
  check(!permit_give(&vm[1])); /* nobody knows yet who will look for it */
  check(!permit_give(&vm[1]));
  permit_arrive(expected);
  struct permit *own = permit_begin(&vm[1]);
  check(permit_take(own));
  check(!permit_take(own));
  check(permit_give(&vm[1]));
  check(permit_give(&vm[1]));
  check(permit_take(own));
  check(!permit_take(own));
  permit_leave();
}

static void shouldSayWhenTheVmIsToBeTold(void) {
  begin_promise();
  check(!permit_give(&vm[1]));
  struct permit *own = begin(&vm[1]);
  check(permit_begin_alone(own));
  check(!permit_give(&vm[1]));
  permit_end_alone(own);
  check(!permit_take(own));
  check(permit_give(&vm[1]));
  check(!permit_begin_alone(own));
  permit_leave();
  own = permit_begin(&vm[1]);
  check(own != NULL && permit_begin(&vm[1]) == own); /* of a thread that has run before the VM may have one */
  check(permit_take(permit_own()));
  permit_leave();
}

static void shouldWaitNoLongerThanItIsTold(void) {
  static const int64_t ns = 1000000;
  begin_promise();
  int64_t before = clock_now();
  spawn(pass, (void *)&ns);
  run_until_idle();
  check(clock_now() - before >= ns);
  check_equal(passed, 1);
}

static void shouldBeGivenBeforeTheTimeIsUp(void) {
  begin_promise();
  spawn(pass, (void *)&LONG);
  check(permit_give(&vm[0]));
  run_until_idle();
  check_equal(passed, 1);
}

static int wait_for_date(struct thread *thread) {
  struct permit *own = begin(&vm[0]);
  check_equal(permit_wait(own, thread->greenlet, true, 1), GV_OK); /* long ago */
  passed++;
  check_equal(permit_wait(own, thread->greenlet, true, clock_date() + 1000000), GV_OK);
  passed++;
  permit_leave();
  return GV_OK;
}

static void shouldWaitForADate(void) {
  begin_promise();
  spawn(wait_for_date, NULL);
  run_until_idle();
  check_equal(passed, 2);
}

static int pass_often(struct thread *thread) {
  struct permit *own = begin(&vm[0]);
  for (int i = 0; i < ROUNDS; i++) {
    /* now and then for a while that may just be up when it is given */
    int64_t ns = i % 3 == 0 ? 20000 : 0;
    if (!permit_take(own))
      check_equal(permit_wait(own, thread->greenlet, false, ns), GV_OK);
    passed++;
  }
  permit_leave();
  return GV_OK;
}

static void *give_often(void *arg) {
  (void)arg;
  while (passed < ROUNDS)
    permit_give(&vm[0]);
  return NULL;
}

static void shouldBeGivenByOtherThreads(void) {
  begin_promise();
  pthread_t givers[2];
  for (int i = 0; i < 2; i++)
    check_equal(pthread_create(&givers[i], NULL, give_often, NULL), 0);
  spawn(pass_often, NULL);
  while (passed < ROUNDS)
    run(GV_RUN_ONCE);
  for (int i = 0; i < 2; i++)
    check_equal(pthread_join(givers[i], NULL), 0);
  run_until_idle();
}

/* ---- permits that become another thread's ---- */

enum { TENANTS = 20 };
static char many[TENANTS * 65536];
static _Atomic bool stop;

static const void *tenant(int i) {
  return &many[i * 65536];
}

static void *give_to_all(void *arg) {
  (void)arg;
  for (int i = 0; !stop; i++)
    permit_give(tenant(i % TENANTS));
  return NULL;
}

/* Threads come and go, each with the permit of one before it: who is given one has it, and who isn't a greenlet yet is
 * for the VM. */
static void shouldGiveToTheRightOneThoughPermitsAreReused(void) {
  begin_promise();
  stop = false;
  pthread_t giver;
  check_equal(pthread_create(&giver, NULL, give_to_all, NULL), 0);
  for (int round = 0; round < ROUNDS; round++) {
    struct permit *expected[TENANTS];
    for (int i = 0; i < TENANTS; i++)
      expected[i] = permit_expect(tenant(i));
    check(!permit_give(tenant(round % TENANTS)));
    for (int i = 0; i < TENANTS; i++) {
      if (i != round % TENANTS) {
        permit_forget(expected[i]);
        continue;
      }
      permit_arrive(expected[i]);
      struct permit *own = permit_begin(tenant(i));
      check(permit_take(own));
      check(permit_give(tenant(i)));
      check(permit_take(own));
      permit_leave();
    }
    check(!permit_give(tenant(round % TENANTS)));
  }
  stop = true;
  check_equal(pthread_join(giver, NULL), 0);
}

static struct permit *pair[2];

/* Gives the other's permit, and waits for its own. */
static int play(struct thread *thread) {
  int me = thread->arg != NULL;
  pair[me] = begin(&vm[me]);
  for (int i = 0; i < ROUNDS; i++) {
    permit_give(&vm[1 - me]);
    if (!permit_take(pair[me]))
      check_equal(permit_wait(pair[me], thread->greenlet, false, 0), GV_OK);
  }
  permit_give(&vm[1 - me]);
  passed++;
  permit_leave();
  return GV_OK;
}

static void shouldPassToAndFroWithinAHub(void) {
  begin_promise();
  spawn(play, NULL);
  spawn(play, vm);
  run_until_idle();
  check_equal(passed, 2);
}

static void shouldBeReleasedWithItsHub(void) {
  begin_promise();
  spawn(pass, NULL); /* the end of the family releases it, with a status that its thread ends by */
  check_equal(passed, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldWaitUntilItIsGiven),       promise(shouldNotWaitOnceItIsGiven),
      promise(shouldSayWhenTheVmIsToBeTold),   promise(shouldWaitNoLongerThanItIsTold),
      promise(shouldBeGivenBeforeTheTimeIsUp), promise(shouldWaitForADate),
      promise(shouldBeGivenByOtherThreads),    promise(shouldPassToAndFroWithinAHub),
      promise(shouldBeReleasedWithItsHub),     promise(shouldGiveToTheRightOneThoughPermitsAreReused),
  };
  return run_over_both(tests);
}
