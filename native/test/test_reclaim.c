/*
 * Greenlets that take their own kernel thread back, block on it for real, and lend themselves again: many at once, for
 * more than one hub.
 */
#include "threads.h"

/* ---- a hub in miniature: runs whoever says in its inbox that it is about to lend itself ---- */

struct hub {
  struct gv_family *family;
  long kernel_thread;
  pthread_mutex_t lock;
  pthread_cond_t filled;
  struct thread **inbox; /* as many places as the hub has greenlets */
  int count;
};

static void hub_init(struct hub *hub, int greenlets) {
  *hub = (struct hub){.family = family_without_spares(), .kernel_thread = kernel_thread()};
  pthread_mutex_init(&hub->lock, NULL);
  pthread_cond_init(&hub->filled, NULL);
  hub->inbox = calloc((size_t)greenlets, sizeof *hub->inbox);
  check(hub->inbox != NULL);
}

static void hub_term(struct hub *hub) {
  free(hub->inbox);
  pthread_cond_destroy(&hub->filled);
  pthread_mutex_destroy(&hub->lock);
}

/* Any thread. */
static void hub_post(struct hub *hub, struct thread *thread) {
  pthread_mutex_lock(&hub->lock);
  hub->inbox[hub->count++] = thread;
  pthread_cond_signal(&hub->filled);
  pthread_mutex_unlock(&hub->lock);
}

static struct thread *hub_next(struct hub *hub) {
  pthread_mutex_lock(&hub->lock);
  while (hub->count == 0)
    pthread_cond_wait(&hub->filled, &hub->lock);
  struct thread *thread = hub->inbox[0];
  memmove(hub->inbox, hub->inbox + 1, sizeof *hub->inbox * (size_t)--hub->count);
  pthread_mutex_unlock(&hub->lock);
  return thread;
}

/* Runs what comes until `alive`, which greenlets count down at their ends, is 0. */
static void hub_run(struct hub *hub, const int *alive) {
  while (*alive > 0) {
    struct thread *thread = hub_next(hub);
    lender_await(&thread->greenlet->lender); /* it posts before it lends, since afterwards it can't */
    check_equal(thread_enter(thread), GV_OK);
  }
}

static void check_runs_for(struct hub *hub, struct thread *thread) {
  check_equal(kernel_thread(), by_swap() ? hub->kernel_thread : thread->kernel_thread);
}

static void leave_hub(struct hub *hub, struct thread *thread) {
  check_equal(lender_reclaim(&thread->greenlet->lender, &hub->family->main.lender), GV_OK);
  check_equal(kernel_thread(), thread->kernel_thread);
  check(pthread_equal(pthread_self(), thread->id));
}

static void return_to_hub(struct hub *hub, struct thread *thread) {
  hub_post(hub, thread);
  check_equal(lender_lend(&thread->greenlet->lender), GV_OK);
  check_runs_for(hub, thread);
}

/* ---- many at once ---- */

enum { HUBS = 2, GROUPS = 8, GROUP_SIZE = 4, GREENLETS = GROUPS * GROUP_SIZE };

/* Each waits, in each round, for the others of its group: so all of them must be on their own kernel threads at once.
 */
struct group {
  pthread_mutex_t lock;
  pthread_cond_t complete;
  int arrived;
  int round;
};

static void meet(struct group *group) {
  pthread_mutex_lock(&group->lock);
  int round = group->round;
  if (++group->arrived == GROUP_SIZE) {
    group->arrived = 0;
    group->round++;
    pthread_cond_broadcast(&group->complete);
  }
  while (group->round == round)
    pthread_cond_wait(&group->complete, &group->lock);
  pthread_mutex_unlock(&group->lock);
}

struct crowd {
  struct hub hub;
  struct group groups[GROUPS];
  int rounds;
  int alive;
  long returns; /* only counted on the hub: no two greenlets run there at once */
};

static int meet_in_each_round(struct thread *thread) {
  struct crowd *crowd = thread->arg;
  struct group *group = &crowd->groups[thread->number % GROUPS];
  for (int round = 0; round < crowd->rounds; round++) {
    leave_hub(&crowd->hub, thread);
    meet(group);
    return_to_hub(&crowd->hub, thread);
    crowd->returns++;
  }
  crowd->alive--;
  return GV_OK;
}

static void run_crowd(void *arg) {
  struct crowd *crowd = arg;
  hub_init(&crowd->hub, GREENLETS);
  for (int i = 0; i < GROUPS; i++) {
    pthread_mutex_init(&crowd->groups[i].lock, NULL);
    pthread_cond_init(&crowd->groups[i].complete, NULL);
  }
  crowd->rounds = scaled(300);
  crowd->alive = GREENLETS;
  struct thread *threads = threads_start(crowd->hub.family, GREENLETS, meet_in_each_round, crowd);
  for (int i = 0; i < GREENLETS; i++)
    hub_post(&crowd->hub, &threads[i]);
  hub_run(&crowd->hub, &crowd->alive);
  check_equal(crowd->returns, (long)GREENLETS * crowd->rounds);
  for (int i = 0; i < GROUPS; i++)
    check_equal(crowd->groups[i].round, crowd->rounds);
  threads_join(threads, GREENLETS, GV_ESPARE);
  hub_term(&crowd->hub);
}

static void many_reclaim_at_once_for_two_hubs(void **state) {
  (void)state;
  static struct crowd crowds[HUBS];
  pthread_t ids[HUBS];
  struct call calls[HUBS];
  for (int i = 0; i < HUBS; i++) {
    calls[i] = (struct call){run_crowd, &crowds[i]};
    assert_int_equal(pthread_create(&ids[i], NULL, call_main, &calls[i]), 0);
  }
  for (int i = 0; i < HUBS; i++)
    pthread_join(ids[i], NULL);
}

/* ---- a condition waited for, and a mutex that others of the hub want meanwhile ---- */

/*
 * A greenlet must not lend itself with the mutex held in which pthread_cond_wait returned: the hub could then run one
 * that waits for that mutex, for ever. So it unlocks, lends, and locks again when the hub runs it.
 */
struct exchange {
  struct hub hub;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  long offered; /* by a plain thread, one more each time that all of them were taken */
  long taken;
  long locked; /* by the contender */
  int rounds;
  int alive;
};

enum { TAKERS = 4 };

static void wait_for_offer(struct exchange *exchange, struct thread *thread) {
  leave_hub(&exchange->hub, thread);
  pthread_mutex_lock(&exchange->lock);
  while (exchange->offered == exchange->taken)
    pthread_cond_wait(&exchange->changed, &exchange->lock);
  pthread_mutex_unlock(&exchange->lock);
  return_to_hub(&exchange->hub, thread);
  pthread_mutex_lock(&exchange->lock);
}

static int take_offers(struct thread *thread) {
  struct exchange *exchange = thread->arg;
  pthread_mutex_lock(&exchange->lock);
  while (exchange->taken < exchange->rounds) {
    if (exchange->offered > exchange->taken) {
      exchange->taken++;
      pthread_cond_broadcast(&exchange->changed);
    } else {
      pthread_mutex_unlock(&exchange->lock);
      wait_for_offer(exchange, thread);
    }
  }
  pthread_mutex_unlock(&exchange->lock);
  exchange->alive--;
  return GV_OK;
}

/* Wants the mutex on the hub's kernel thread, whenever the hub runs it. */
static int contend(struct thread *thread) {
  struct exchange *exchange = thread->arg;
  long taken;
  do {
    pthread_mutex_lock(&exchange->lock);
    exchange->locked++;
    taken = exchange->taken;
    pthread_mutex_unlock(&exchange->lock);
    hub_post(&exchange->hub, thread);
    check_equal(thread_pause(thread), GV_OK);
  } while (taken < exchange->rounds);
  exchange->alive--;
  return GV_OK;
}

static void offer(void *arg) {
  struct exchange *exchange = arg;
  pthread_mutex_lock(&exchange->lock);
  for (long i = 0; i < exchange->rounds; i++) {
    while (exchange->taken < i)
      pthread_cond_wait(&exchange->changed, &exchange->lock);
    exchange->offered++;
    pthread_cond_broadcast(&exchange->changed);
  }
  /* The takers that were woken for the last one, and came too late, wait for no more. */
  while (exchange->taken < exchange->rounds)
    pthread_cond_wait(&exchange->changed, &exchange->lock);
  exchange->offered++;
  pthread_cond_broadcast(&exchange->changed);
  pthread_mutex_unlock(&exchange->lock);
}

static void run_exchange(void *arg) {
  (void)arg;
  struct exchange exchange = {.rounds = scaled(2000), .alive = TAKERS + 1};
  pthread_mutex_init(&exchange.lock, NULL);
  pthread_cond_init(&exchange.changed, NULL);
  hub_init(&exchange.hub, TAKERS + 1);
  struct thread *takers = threads_start(exchange.hub.family, TAKERS, take_offers, &exchange);
  struct thread *contender = threads_start(exchange.hub.family, 1, contend, &exchange);
  for (int i = 0; i < TAKERS; i++)
    hub_post(&exchange.hub, &takers[i]);
  hub_post(&exchange.hub, contender);
  pthread_t id;
  struct call call = {offer, &exchange};
  check_equal(pthread_create(&id, NULL, call_main, &call), 0);
  hub_run(&exchange.hub, &exchange.alive);
  pthread_join(id, NULL);
  check_equal(exchange.taken, exchange.rounds);
  check(exchange.locked > 0);
  threads_join(takers, TAKERS, GV_ESPARE);
  threads_join(contender, 1, GV_ESPARE);
  hub_term(&exchange.hub);
}

static void one_that_lends_without_its_mutex_does_not_hang_its_hub(void **state) {
  (void)state;
  on_thread(run_exchange, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(many_reclaim_at_once_for_two_hubs),
      cmocka_unit_test(one_that_lends_without_its_mutex_does_not_hang_its_hub),
  };
  return run_guarded(tests);
}
