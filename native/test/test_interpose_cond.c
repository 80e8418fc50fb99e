/*
 * The conditions that a VM's threads wait for: a guest waits for one of its own in its hub, and for any other one on
 * its own kernel thread. The VM is made up: of each thread it has a state, two conditions, and two more behind
 * pointers.
 */
#define _GNU_SOURCE
#include "hubs.h"

#if !defined(__linux__)
int main(void) {
  return gv_patch(GV_PATCH_THREAD) == GV_EUNSUPPORTED ? 0 : 1;
}
#else
#include "interpose.h"
#include "interpose_vm.h"

void threads_quit(void); /* of src/threads.h, which the tests' own hides */

/* ---- a VM ---- */

enum { IN_NATIVE = 4, IN_VM = 6, BLOCKED = 10 };

struct event {
  int32_t count;
  pthread_cond_t cond;
};

static struct gate {
  pthread_mutex_t mutex;
  int permits;        /* of the mutex */
  bool open;          /* of the mutex */
  struct event event; /* nobody's own */
} gate;

struct vm_thread {
  int32_t state;
  pthread_cond_t park, park_until;
  struct event *sleep, *monitor;
  pthread_mutex_t mutex;
  int permits; /* of the mutex: what the VM says before it signals */
  struct event events[2];
};

static _Thread_local struct vm_thread *vm_self;

static void *vm_thread(void) {
  return vm_self;
}

static void vm_thread_init(struct vm_thread *vm) {
  *vm = (struct vm_thread){.state = IN_NATIVE, .sleep = &vm->events[0], .monitor = &vm->events[1]};
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  check_equal(pthread_mutex_init(&vm->mutex, NULL), 0);
  check_equal(pthread_cond_init(&vm->park, &monotonic), 0);
  check_equal(pthread_cond_init(&vm->park_until, NULL), 0);
  check_equal(pthread_cond_init(&vm->sleep->cond, &monotonic), 0);
  check_equal(pthread_cond_init(&vm->monitor->cond, &monotonic), 0);
  pthread_condattr_destroy(&monotonic);
}

static void describe_vm(void) {
  int32_t event = offsetof(struct event, cond);
  interpose_vm.state = offsetof(struct vm_thread, state);
  interpose_vm.blocked = BLOCKED;
  interpose_vm.own[OWN_PARK] = (struct own_place){offsetof(struct vm_thread, park), -1};
  interpose_vm.own[OWN_PARK_UNTIL] = (struct own_place){offsetof(struct vm_thread, park_until), -1};
  interpose_vm.own[OWN_SLEEP] = (struct own_place){offsetof(struct vm_thread, sleep), event};
  interpose_vm.own[OWN_MONITOR] = (struct own_place){offsetof(struct vm_thread, monitor), event};
  __atomic_store_n(&interpose_vm.thread, vm_thread, __ATOMIC_RELEASE);
}

static pthread_cond_t *own(struct vm_thread *vm, enum own_cond which) {
  pthread_cond_t *const own[] = {&vm->park, &vm->park_until, &vm->sleep->cond, &vm->monitor->cond};
  return own[which];
}

/* ---- what it calls ---- */

static int (*cond_wait)(pthread_cond_t *, pthread_mutex_t *);
static int (*cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*cond_signal)(pthread_cond_t *);
static int (*cond_broadcast)(pthread_cond_t *);
static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

static void *hook(const char *symbol) {
  const struct hook *hook = interpose_vm_hooks;
  while (strcmp(hook->symbol, symbol) != 0)
    hook++;
  return hook->ours;
}

static void find_hooks(void) {
  *(void **)&cond_wait = hook("pthread_cond_wait");
  *(void **)&cond_timedwait = hook("pthread_cond_timedwait");
  *(void **)&cond_signal = hook("pthread_cond_signal");
  *(void **)&cond_broadcast = hook("pthread_cond_broadcast");
  *(void **)&create = hook("pthread_create");
}

static struct timespec in(enum own_cond which, int64_t ns) {
  ns += which == OWN_PARK_UNTIL ? clock_date() : clock_now();
  return (struct timespec){ns / 1000000000, ns % 1000000000};
}

/* Takes one of the calling thread's permits, as soon as there is one. */
static void take_permit(enum own_cond which) {
  struct vm_thread *vm = vm_self;
  pthread_mutex_lock(&vm->mutex);
  vm->state = BLOCKED;
  while (vm->permits == 0)
    check_equal(cond_wait(own(vm, which), &vm->mutex), 0);
  vm->permits--;
  vm->state = IN_NATIVE;
  pthread_mutex_unlock(&vm->mutex);
}

/* The same if there is one within some time. */
static bool take_permit_within(enum own_cond which, int64_t ns) {
  struct vm_thread *vm = vm_self;
  struct timespec end = in(which, ns);
  int result = 0;
  pthread_mutex_lock(&vm->mutex);
  vm->state = BLOCKED;
  while (vm->permits == 0 && result != ETIMEDOUT) {
    result = cond_timedwait(own(vm, which), &vm->mutex, &end);
    check(result == 0 || result == ETIMEDOUT);
  }
  bool taken = vm->permits > 0;
  vm->permits -= taken;
  vm->state = IN_NATIVE;
  pthread_mutex_unlock(&vm->mutex);
  return taken;
}

static void give_permit(struct vm_thread *vm, enum own_cond which) {
  pthread_mutex_lock(&vm->mutex);
  vm->permits++;
  pthread_mutex_unlock(&vm->mutex);
  check_equal(cond_signal(own(vm, which)), 0);
}

/* Or about to. */
static bool is_waiting(struct vm_thread *vm) {
  pthread_mutex_lock(&vm->mutex);
  bool waits = vm->state == BLOCKED;
  pthread_mutex_unlock(&vm->mutex);
  return waits;
}

/* ---- its threads ---- */

enum { MOST_GUESTS = 8 };

static struct guest {
  struct vm_thread vm;
  void (*body)(struct guest *);
  struct gv_hub *hub;
  struct guest *peer;
  pthread_t id;
  long kernel_thread; /* its own */
  int number;
  int rounds;
  _Atomic int state; /* as tests need it */
} guests[MOST_GUESTS];

static int guest_count;
static _Atomic int guests_ended;
static long hub_thread;

/* As threads_join, of that hub. */
static void join_hub(struct gv_hub *home) {
  struct gv_greenlet *self = greenlet_new(-1);
  check(self != NULL);
  check_equal(hub_admit(home, self), GV_OK);
  check_equal(hub_join(home, self), GV_OK);
}

static void *guest_main(void *arg) {
  struct guest *guest = arg;
  vm_self = &guest->vm;
  guest->kernel_thread = kernel_thread();
  if (guest->hub != NULL)
    join_hub(guest->hub);
  guest->body(guest);
  threads_quit();
  check_equal(kernel_thread(), guest->kernel_thread);
  check(greenlet_self() == NULL);
  guests_ended++;
  hub_wake(hub); /* whoever waits for its end has a look */
  return NULL;
}

/* In no hub: a plain thread. */
static struct guest *start_in(struct gv_hub *home, void (*body)(struct guest *)) {
  struct guest *guest = &guests[guest_count];
  check(guest_count < MOST_GUESTS);
  *guest = (struct guest){.body = body, .hub = home, .number = guest_count++};
  vm_thread_init(&guest->vm);
  return guest;
}

static void go(struct guest *guest) {
  check_equal(create(&guest->id, NULL, guest_main, guest), 0);
}

static struct guest *start(void (*body)(struct guest *)) {
  struct guest *guest = start_in(hub, body);
  go(guest);
  return guest;
}

/* Runs the hub until it is so. */
#define run_until_it_is(condition)                                                                                     \
  do {                                                                                                                 \
    while (!(condition))                                                                                               \
      if (run(GV_RUN_ONCE | GV_RUN_NOWAIT) == GV_EIDLE)                                                                \
        sched_yield();                                                                                                 \
  } while (0)

/* Runs the hub, which sleeps meanwhile, until all have ended. */
static void run_to_the_end(void) {
  hub->watchers.refs++;
  while (guests_ended < guest_count)
    check(gv_hub_run(hub, GV_RUN_ONCE) >= 0);
  hub->watchers.refs--;
  for (int i = 0; i < guest_count; i++)
    check_equal(pthread_join(guests[i].id, NULL), 0);
}

static bool is_in_hub(void) {
  return kernel_thread() == hub_thread || !by_swap();
}

static bool is_on_its_own(const struct guest *guest) {
  return kernel_thread() == guest->kernel_thread;
}

enum { NEW, WAITS, GOES_ON };

/* Others have their turns meanwhile. */
static void check_others_run(struct guest *guest) {
  run_until_it_is(guest->state == WAITS);
  for (int i = 0; i < 10; i++) {
    check(run(GV_RUN_ONCE | GV_RUN_NOWAIT) <= 0);
    check_equal(guest->state, WAITS);
  }
}

static void begin(void) {
  guest_count = guests_ended = 0;
  hub_thread = kernel_thread();
}

/* ---- a thread's own ---- */

static void wait_for_each(struct guest *guest) {
  for (enum own_cond which = 0; which < OWN_CONDS; which++) {
    guest->state = WAITS;
    take_permit(which);
    guest->state = GOES_ON;
    check(is_in_hub());
    take_permit(OWN_PARK); /* so that each state is seen */
  }
}

static void shouldWaitInTheHubForItsOwnConditions(void) {
  begin();
  struct guest *guest = start(wait_for_each);
  for (enum own_cond which = 0; which < OWN_CONDS; which++) {
    check_others_run(guest);
    give_permit(&guest->vm, which);
    run_until_it_is(guest->state == GOES_ON);
    give_permit(&guest->vm, OWN_PARK);
  }
  run_to_the_end();
}

static void wait_in_vain(struct guest *guest) {
  for (enum own_cond which = 0; which < OWN_CONDS; which++) {
    int64_t before = clock_now();
    guest->state = WAITS;
    check(!take_permit_within(which, 5000000));
    check(clock_now() - before >= 4000000); /* a date and the clock need not agree to the last bit */
    check(is_in_hub());
  }
  guest->state = GOES_ON;
}

static void shouldWaitNoLongerThanAsked(void) {
  begin();
  struct guest *guest = start(wait_in_vain);
  check_others_run(guest);
  run_to_the_end();
  check_equal(guest->state, GOES_ON);
}

static void shouldNotKeepASignalThatNobodyWaitsFor(void) {
  begin();
  struct guest *guest = start_in(hub, wait_in_vain);
  for (enum own_cond which = 0; which < OWN_CONDS; which++) {
    check_equal(cond_signal(own(&guest->vm, which)), 0);
    check_equal(cond_broadcast(own(&guest->vm, which)), 0);
  }
  go(guest);
  run_to_the_end();
}

static void take_what_is_there(struct guest *guest) {
  for (enum own_cond which = 0; which < OWN_CONDS; which++)
    take_permit(which);
  guest->state = GOES_ON;
}

static void shouldNotWaitForWhatHasCome(void) {
  begin();
  struct guest *guest = start_in(hub, take_what_is_there);
  for (enum own_cond which = 0; which < OWN_CONDS; which++)
    give_permit(&guest->vm, which);
  go(guest);
  run_to_the_end();
  check_equal(guest->state, GOES_ON);
}

/* The others have no turn while one who isn't blocked waits: the VM may wait for him. */
static void wait_for_the_vm_itself(struct guest *guest) {
  struct vm_thread *vm = &guest->vm;
  struct timespec end = in(OWN_PARK, 5000000);
  pthread_mutex_lock(&vm->mutex);
  vm->state = IN_VM;
  int64_t looked = hub->looked;
  check_equal(cond_timedwait(&vm->park, &vm->mutex, &end), ETIMEDOUT);
  check_equal(looked, hub->looked);
  check(is_in_hub());
  vm->state = IN_NATIVE;
  pthread_mutex_unlock(&vm->mutex);
}

static void shouldBlockWhoIsNotBlockedForTheVm(void) {
  begin();
  start(wait_for_the_vm_itself);
  run_to_the_end();
}

static void sleep_and_park(struct guest *guest) {
  guest->state = WAITS;
  take_permit(OWN_SLEEP);
  check(is_in_hub());
  check_equal(gv_unpatch(GV_PATCH_TIME), GV_PATCH_ALL & ~GV_PATCH_TIME);
  int64_t looked = hub->looked;
  check(!take_permit_within(OWN_SLEEP, 5000000));
  check_equal(looked, hub->looked); /* nobody had a turn */
  check(!take_permit_within(OWN_PARK, 5000000));
  check(looked != hub->looked);
  check_equal(gv_patch(GV_PATCH_TIME), GV_PATCH_ALL);
}

static void shouldBlockForWhatIsNotPatched(void) {
  begin();
  struct guest *guest = start(sleep_and_park);
  check_others_run(guest);
  give_permit(&guest->vm, OWN_SLEEP);
  run_to_the_end();
}

/* ---- races ---- */

static enum own_cond any_of(int round) {
  return (enum own_cond)(round % OWN_CONDS);
}

static void play(struct guest *guest) {
  for (int i = 0; i < guest->rounds; i++) {
    if (guest->number % 2 == 0)
      give_permit(&guest->peer->vm, any_of(i));
    take_permit(any_of(i));
    if (guest->number % 2 == 1)
      give_permit(&guest->peer->vm, any_of(i));
  }
}

static void pair_up(struct guest *one, struct guest *other, int rounds) {
  one->peer = other;
  other->peer = one;
  one->rounds = other->rounds = rounds;
}

static void check_nothing_is_lost(struct gv_hub *home, struct gv_hub *others) {
  begin();
  pair_up(start_in(home, play), start_in(others, play), scaled(5000));
  pair_up(start_in(home, play), start_in(others, play), scaled(5000));
  for (int i = 0; i < guest_count; i++)
    go(&guests[i]);
  run_to_the_end();
}

static void shouldLoseNoSignalOfTheSameHub(void) {
  check_nothing_is_lost(hub, hub);
}

static void shouldLoseNoSignalOfAPlainThread(void) {
  check_nothing_is_lost(hub, NULL);
}

/* Another hub, on a kernel thread of its own. */
static struct other {
  struct gv_hub *hub;
  pthread_t id;
  _Atomic bool ready, over;
} other;

static void *run_other(void *arg) {
  (void)arg;
  struct gv_family *own = family_new();
  int32_t status;
  check(own != NULL);
  struct gv_hub *here = gv_hub_new(loop_name, NULL, &status);
  check(here != NULL);
  check_equal(gv_hub_attach(here, &own->main), GV_OK);
  here->watchers.refs++;
  other.hub = here;
  other.ready = true;
  while (!other.over)
    check(gv_hub_run(here, GV_RUN_ONCE) >= 0);
  gv_hub_detach(here);
  return NULL;
}

static void open_other(void) {
  other.ready = other.over = false;
  check_equal(pthread_create(&other.id, NULL, run_other, NULL), 0);
  while (!other.ready)
    sched_yield();
}

static void close_other(void) {
  other.over = true;
  hub_wake(other.hub);
  check_equal(pthread_join(other.id, NULL), 0);
  gv_hub_free(other.hub);
}

static void shouldLoseNoSignalOfAnotherHub(void) {
  open_other();
  check_nothing_is_lost(hub, other.hub);
  close_other();
}

/* Of all permits each is taken, however close the end of the time was. */
static void take_in_time_or_not(struct guest *guest) {
  for (int taken = 0, i = 0; taken < guest->rounds; i++)
    taken += take_permit_within(any_of(guest->number), i % 4 * 20000);
}

static void give_now_and_then(struct guest *guest) {
  for (int i = 0; i < guest->rounds; i++) {
    give_permit(&guest->peer->vm, any_of(guest->peer->number));
    if (i % 3 != 0) {
      struct timespec pause = {.tv_nsec = i % 7 * 10000};
      nanosleep(&pause, NULL);
    }
  }
}

static void shouldLoseNoSignalThatComesWithTheEndOfTheTime(void) {
  begin();
  open_other();
  struct gv_hub *const homes[] = {hub, other.hub, hub, other.hub};
  for (int i = 0; i < 4; i++) /* each of them waits by another condition */
    start_in(homes[i], take_in_time_or_not);
  for (int i = 0; i < 4; i++)
    pair_up(&guests[i], start_in(NULL, give_now_and_then), scaled(2000));
  for (int i = 0; i < guest_count; i++)
    go(&guests[i]);
  run_to_the_end();
  close_other();
}

/* ---- all of them ---- */

/* Monitors may have been swapped between threads: several wait for the one of the first. */
static void come_to_the_gate(struct guest *guest) {
  guest->vm.monitor = &gate.event;
  pthread_mutex_lock(&gate.mutex);
  guest->vm.state = BLOCKED;
  guest->state = WAITS;
  while (!gate.open && gate.permits == 0)
    check_equal(cond_wait(&gate.event.cond, &gate.mutex), 0);
  gate.permits -= !gate.open;
  guest->vm.state = IN_NATIVE;
  guest->state = GOES_ON;
  pthread_mutex_unlock(&gate.mutex);
}

static int count_in(int state) {
  int count = 0;
  for (int i = 0; i < guest_count; i++)
    count += guests[i].state == state;
  return count;
}

static void set_up_gate(void) {
  gate.open = false;
  gate.permits = 0;
}

static void change_gate(bool open, int permits) {
  pthread_mutex_lock(&gate.mutex);
  gate.open = open;
  gate.permits = permits;
  pthread_mutex_unlock(&gate.mutex);
}

static void shouldWakeAllByABroadcast(void) {
  begin();
  set_up_gate();
  open_other();
  struct gv_hub *const homes[] = {hub, hub, NULL, other.hub, other.hub, NULL};
  for (int i = 0; i < 6; i++)
    go(start_in(homes[i], come_to_the_gate));
  run_until_it_is(count_in(WAITS) == 6);
  change_gate(true, 0);
  check_equal(cond_broadcast(&gate.event.cond), 0);
  run_to_the_end();
  check_equal(count_in(GOES_ON), 6);
  close_other();
}

static void shouldWakeOneByASignal(void) {
  begin();
  set_up_gate();
  for (int i = 0; i < 3; i++)
    start(come_to_the_gate);
  run_until_it_is(count_in(WAITS) == 3);
  for (int i = 1; i <= 3; i++) {
    change_gate(false, 1);
    check_equal(cond_signal(&gate.event.cond), 0);
    run_until_it_is(count_in(GOES_ON) == i);
    run_a_little();
    check_equal(count_in(GOES_ON), i);
  }
  run_to_the_end();
}

/* ---- a condition of the VM's ---- */

static _Atomic bool timed;

static void wait_for_the_vm(struct guest *guest) {
  struct timespec hour = in(OWN_MONITOR, INT64_C(3600000000000));
  pthread_mutex_lock(&gate.mutex);
  guest->vm.state = BLOCKED;
  guest->state = WAITS;
  while (!gate.open)
    check_equal(timed ? cond_timedwait(&gate.event.cond, &gate.mutex, &hour) : cond_wait(&gate.event.cond, &gate.mutex),
                0);
  guest->vm.state = IN_NATIVE;
  pthread_mutex_unlock(&gate.mutex);
  check(is_on_its_own(guest));
  check(greenlet_self()->let_go);
  guest->state = GOES_ON;
  take_permit(OWN_PARK); /* where it surely holds nothing */
  check(is_in_hub());
  check(!greenlet_self()->let_go);
  take_permit(OWN_MONITOR);
  check(is_in_hub());
}

static void check_lets_go(void) {
  begin();
  set_up_gate();
  struct guest *guest = start(wait_for_the_vm);
  run_until_it_is(guest->state == WAITS);
  run_until_it_is(hub->watchers.refs == 1); /* for one who is away */
  check_others_run(guest);
  change_gate(true, 0);
  check_equal(cond_signal(&gate.event.cond), 0);
  run_until_it_is(guest->state == GOES_ON && is_waiting(&guest->vm));
  give_permit(&guest->vm, OWN_PARK);
  give_permit(&guest->vm, OWN_MONITOR);
  run_to_the_end();
}

static void shouldLetGoWhoWaitsForTheVm(void) {
  timed = false;
  check_lets_go();
  timed = true;
  check_lets_go();
}

static void end_while_let_go(struct guest *guest) {
  pthread_mutex_lock(&gate.mutex);
  guest->vm.state = BLOCKED;
  guest->state = WAITS;
  while (!gate.open)
    check_equal(cond_wait(&gate.event.cond, &gate.mutex), 0);
  guest->vm.state = IN_NATIVE;
  pthread_mutex_unlock(&gate.mutex);
}

static void shouldEndThoughItWasLetGo(void) {
  begin();
  set_up_gate();
  for (int i = 0; i < 3; i++)
    start(end_while_let_go);
  run_until_it_is(count_in(WAITS) == 3);
  change_gate(true, 0);
  check_equal(cond_broadcast(&gate.event.cond), 0);
  run_to_the_end();
  check_equal(hub->guests, 0);
}

/* The VM waits with a lock of its own held; who is to free that is another guest of the hub. */
static void free_the_lock(struct guest *guest) {
  guest->state = WAITS;
  take_permit(OWN_PARK);
  change_gate(true, 0);
  check_equal(cond_signal(&gate.event.cond), 0);
}

static void shouldGoOnWhenTheVmWaitsForAnotherOfItsHub(void) {
  begin();
  set_up_gate();
  struct guest *parked = start(free_the_lock);
  run_until_it_is(parked->state == WAITS);
  struct guest *waiting = start(end_while_let_go);
  run_until_it_is(waiting->state == WAITS);
  give_permit(&parked->vm, OWN_PARK);
  run_to_the_end();
}

/* ---- who is no guest ---- */

static int greenlet_waits(struct thread *thread) {
  vm_self = thread->arg;
  take_permit(OWN_PARK);
  check(is_in_hub());
  vm_self->state = BLOCKED;
  struct timespec end = in(OWN_MONITOR, 5000000);
  pthread_mutex_lock(&gate.mutex);
  int64_t looked = hub->looked;
  check_equal(cond_timedwait(&gate.event.cond, &gate.mutex, &end), ETIMEDOUT); /* its neighbours count on it */
  check_equal(looked, hub->looked);
  pthread_mutex_unlock(&gate.mutex);
  check(is_in_hub());
  return GV_OK;
}

static void shouldNotLetGoAGreenlet(void) {
  static struct vm_thread vm;
  vm_thread_init(&vm);
  hub_thread = kernel_thread();
  spawn(greenlet_waits, &vm);
  run_a_little();
  give_permit(&vm, OWN_PARK);
  run_until_idle();
}

static void shouldBlockTheRunner(void) {
  static struct vm_thread vm;
  vm_thread_init(&vm);
  vm_self = &vm;
  check(!take_permit_within(OWN_PARK, 1000000));
  check(!take_permit_within(OWN_MONITOR, 1000000));
  give_permit(&vm, OWN_SLEEP);
  take_permit(OWN_SLEEP);
}

static void *say_whether_started(void *arg) {
  *(bool *)arg = interpose_started();
  return NULL;
}

static void shouldTellWhomTheVmHasStarted(void) {
  bool by_vm = false, by_others = true;
  pthread_t id;
  check_equal(create(&id, NULL, say_whether_started, &by_vm), 0);
  check_equal(pthread_join(id, NULL), 0);
  check_equal(pthread_create(&id, NULL, say_whether_started, &by_others), 0);
  check_equal(pthread_join(id, NULL), 0);
  check(by_vm);
  check(!by_others);
}

static void shouldNoteTheNextTimedWait(void) {
  static struct vm_thread vm;
  vm_thread_init(&vm);
  vm_self = &vm;
  const void *noted = NULL;
  interpose_record(&noted);
  check(!take_permit_within(OWN_SLEEP, 1000000));
  check(noted == &vm.sleep->cond);
  noted = NULL;
  check(!take_permit_within(OWN_PARK, 1000000));
  check(noted == NULL);
}

/* ---- ends ---- */

/* The end of their kernel thread finds guests that wait: they go on upon their own, and wait for real. */
static void stay_threads(struct guest *guest) {
  for (enum own_cond which = 0; which < OWN_CONDS; which++) {
    guest->state = WAITS;
    take_permit(which);
    if (which > 0) {
      check(is_on_its_own(guest));
      check(greenlet_self() == NULL);
    }
  }
}

static void await_hour(struct guest *guest) {
  guest->state = WAITS;
  check(take_permit_within(OWN_SLEEP, INT64_C(3600000000000)));
  check(is_on_its_own(guest));
}

static void end_hub(void *arg) {
  (void)arg;
  family = family_without_spares();
  open_hub(&family->main);
  begin();
  set_up_gate();
  start(stay_threads);
  start(stay_threads);
  start(await_hour);
  start(end_while_let_go);
  run_until_it_is(count_in(WAITS) == 4);
  run_a_little();
}

static void shouldBlockOnceItsHubIsGone(void) {
  struct gv_family *family_here = family;
  struct gv_hub *hub_here = hub;
  on_thread(end_hub, NULL);
  change_gate(true, 0);
  check_equal(cond_signal(&gate.event.cond), 0);
  for (int i = 0; i < 2; i++)
    for (enum own_cond which = 0; which < OWN_CONDS; which++)
      give_permit(&guests[i].vm, which);
  give_permit(&guests[2].vm, OWN_SLEEP);
  for (int i = 0; i < guest_count; i++)
    check_equal(pthread_join(guests[i].id, NULL), 0);
  gv_hub_free(hub);
  family = family_here;
  hub = hub_here;
}

static void run_until_exit(void *arg) {
  _Atomic bool *ready = arg;
  family = family_without_spares();
  open_hub(&family->main);
  begin();
  set_up_gate();
  start(wait_for_each);
  start(await_hour);
  start(wait_for_the_vm);
  run_until_it_is(count_in(WAITS) == 3 && hub->watchers.refs > 0);
  *ready = true;
  check_equal(run(GV_RUN_ALL), GV_EEXIT);
}

static void *run_until_exit_main(void *ready) {
  run_until_exit(ready);
  return NULL;
}

static void end_process(void *unused) {
  (void)unused;
  _Atomic bool ready = false;
  pthread_t id;
  loop_name = "libev";
  check_equal(pthread_create(&id, NULL, run_until_exit_main, &ready), 0);
  while (!ready)
    sched_yield();
  greenlet_exit_all();
  check_equal(pthread_join(id, NULL), 0);
  check_equal(count_in(WAITS), 3);
  give_permit(&guests[1].vm, OWN_SLEEP); /* whoever is waited for at the end is still woken */
  check_equal(pthread_join(guests[1].id, NULL), 0);
  check_equal(guests_ended, 1);
  check_equal(guests[0].state, WAITS);
}

/* Those who wait go on waiting, on their own kernel threads: nothing of the program's runs any more but who is woken.
 */
static void shouldStayWhereItIsWhenTheProcessEnds(void **state) {
  (void)state;
  assert_int_equal(in_child(end_process, NULL), 0);
}

int main(void) {
  find_hooks();
  describe_vm();
  pthread_mutex_init(&gate.mutex, NULL);
  struct vm_thread like;
  vm_thread_init(&like);
  gate.event = like.events[0];
  check_equal(gv_patch(GV_PATCH_ALL), GV_PATCH_ALL);
  const struct CMUnitTest tests[] = {
      promise(shouldWaitInTheHubForItsOwnConditions),
      promise(shouldWaitNoLongerThanAsked),
      promise(shouldNotKeepASignalThatNobodyWaitsFor),
      promise(shouldNotWaitForWhatHasCome),
      promise(shouldBlockWhoIsNotBlockedForTheVm),
      promise(shouldBlockForWhatIsNotPatched),
      promise(shouldLoseNoSignalOfTheSameHub),
      promise(shouldLoseNoSignalOfAPlainThread),
      promise(shouldLoseNoSignalOfAnotherHub),
      promise(shouldLoseNoSignalThatComesWithTheEndOfTheTime),
      promise(shouldWakeAllByABroadcast),
      promise(shouldWakeOneByASignal),
      promise(shouldLetGoWhoWaitsForTheVm),
      promise(shouldEndThoughItWasLetGo),
      promise(shouldGoOnWhenTheVmWaitsForAnotherOfItsHub),
      promise(shouldNotLetGoAGreenlet),
      promise(shouldBlockTheRunner),
      promise(shouldTellWhomTheVmHasStarted),
      promise(shouldNoteTheNextTimedWait),
      promise(shouldBlockOnceItsHubIsGone),
  };
  const struct CMUnitTest first[] = {cmocka_unit_test(shouldStayWhereItIsWhenTheProcessEnds)};
  int failed = run_guarded(first); /* before there are threads */
  return failed + run_over_both(tests);
}
#endif
