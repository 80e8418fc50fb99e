/*
 * Sockets whose calls wait: in their home, in another hub's thread, in none; and what becomes of who waits when they
 * are closed.
 */
#define _GNU_SOURCE
#include "hubs.h"
#include "net.h"

#include <dlfcn.h>
#include <poll.h>

enum { SECOND = 1000000000 };

static int pair[2];
static struct gv_socket *near, *far;

static struct gv_socket *wrap(int fd) {
  int32_t status;
  struct gv_socket *socket = gv_socket_new(fd, &status);
  check(socket != NULL && status == GV_OK);
  return socket;
}

static void open_sockets(void) {
  open_pair(pair);
  near = wrap(pair[0]);
  far = wrap(pair[1]);
}

static void close_sockets(void) {
  gv_socket_close(near);
  gv_socket_close(far);
  gv_socket_free(near);
  gv_socket_free(far);
}

static int64_t read_byte(struct gv_greenlet *self, struct gv_socket *socket, int64_t ns) {
  char byte = 0;
  int64_t count = gv_socket_read(self == NULL ? NULL : hub, self, socket, &byte, 1, ns);
  return count == 1 ? byte : count;
}

static int64_t got; /* by the greenlet */

static int read_near(struct thread *thread) {
  got = 0;
  got = read_byte(thread->greenlet, near, thread->arg == NULL ? -1 : *(int64_t *)thread->arg);
  return GV_OK;
}

/* ---- promises ---- */

static void shouldReadAtOnceWhatIsThere(void) {
  open_sockets();
  say(pair[1]);
  check_equal(read_byte(NULL, near, 0), '!');
  check_equal(read_byte(NULL, near, 0), GV_ETIMEDOUT);
  gv_socket_close(far);
  check_equal(read_byte(NULL, near, 0), 0);
  close_sockets();
}

/* With own_recv.c preloaded, which the test's environment says; else by nobody else's. */
static void shouldReadByTheRecvOfAPreloadedLibrary(void) {
  const long *calls = dlsym(RTLD_DEFAULT, "own_recv_calls");
  check((calls != NULL) == (getenv("OWN_RECV") != NULL));
  open_sockets();
  say(pair[1]);
  long before = calls == NULL ? 0 : *calls;
  check_equal(read_byte(NULL, near, 0), '!');
  check_equal(calls == NULL ? 1 : *calls - before, 1);
  close_sockets();
}

static void shouldLetOthersRunWhileItWaitsToRead(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  check_equal(gv_socket_settle(hub, near), GV_EINVAL);
  spawn(read_near, NULL);
  check_equal(got, 0);
  check_equal(gv_hub_active_count(hub), 1);
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  check_equal(gv_hub_active_count(hub), 0);
  close_sockets();
}

static void shouldWaitInAHubThatIsNotItsHome(void) {
  open_sockets();
  spawn(read_near, NULL);
  check_equal(gv_hub_active_count(hub), 1);
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  close_sockets();
}

static void shouldReturnWhenTheTimeIsUp(void) {
  static const int64_t ns = 1000000;
  open_sockets();
  int64_t before = clock_now();
  spawn(read_near, (void *)&ns);
  run_until_idle();
  check_equal(got, GV_ETIMEDOUT);
  check(clock_now() - before >= ns);
  check_equal(read_byte(NULL, near, ns), GV_ETIMEDOUT);
  close_sockets();
}

enum { ROUNDS = 40 };
static int rounds;

static int64_t drain(struct gv_greenlet *self, int64_t ns) {
  char bytes[8];
  return gv_socket_read(hub, self, near, bytes, sizeof bytes, ns);
}

/* Now and then it comes before he reads. */
static int drain_near(struct thread *thread) {
  struct gv_greenlet *self = thread->greenlet;
  for (rounds = 0; rounds < ROUNDS; rounds++) {
    if (rounds % 3 == 0)
      say(pair[1]);
    if (drain(self, -1) != 1)
      return GV_OK;
  }
  check_equal(drain(self, 1000000), GV_ETIMEDOUT);
  say(pair[1]);
  check_equal(drain(self, 0), 1);
  check_equal(drain(self, 0), GV_ETIMEDOUT);
  gv_socket_close(far);
  got = drain(self, -1);
  return GV_OK;
}

static void shouldFindWhatComesToASocketThatWasDrained(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  got = -1;
  spawn(drain_near, NULL);
  for (int last = -1; rounds < ROUNDS;) {
    check(rounds > last);
    last = rounds;
    say(pair[1]);
    gv_hub_ref(hub, 1);
    run_a_little();
    gv_hub_ref(hub, -1);
  }
  run_until_idle();
  check_equal(rounds, ROUNDS);
  check_equal(got, 0);
  close_sockets();
}

static int drain_thrice(struct thread *thread) {
  for (rounds = 0; rounds < 3; rounds++)
    check_equal(drain(thread->greenlet, -1), 1);
  return GV_OK;
}

/* Where nobody may wait. */
static void shouldReadFromTheRunnerWhatComesToASocketThatWasDrained(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  spawn(drain_thrice, NULL);
  while (rounds < 3) {
    say(pair[1]);
    gv_hub_ref(hub, 1);
    run_a_little();
    gv_hub_ref(hub, -1);
  }
  say(pair[1]);
  check_equal(drain(&family->main, -1), 1);
  check_equal(drain(&family->main, -1), GV_EHUB);
  close_sockets();
}

/* The loop goes on watching what nobody reads, until it finds that out; and then must not forget the next reader. */
static void shouldReadAgainWhatCameWhileNobodyRead(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  for (int i = 0; i < 3; i++) {
    spawn(read_near, NULL);
    say(pair[1]);
    run_until_idle();
    check_equal(got, '!');
    say(pair[1]);
    gv_hub_ref(hub, 1);
    run_a_little();
    gv_hub_ref(hub, -1);
    check_equal(read_byte(NULL, near, 0), '!');
  }
  close_sockets();
}

static void shouldNotSpinOverWhatNobodyReads(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  spawn(read_near, NULL);
  say(pair[1]);
  run_until_idle();
  say(pair[1]);
  gv_watcher *timer = gv_watcher_new(hub, GV_TIMER, 1);
  check_equal(gv_watcher_set_timer(timer, 20000000, 0), GV_OK);
  check_equal(gv_watcher_start(timer), GV_OK);
  int64_t before = gv_hub_iteration(hub);
  run_until(1, 1);
  check(gv_hub_iteration(hub) - before < 10);
  close_sockets();
}

static void shouldRefuseASecondReader(void) {
  static const int64_t ns = SECOND;
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  spawn(read_near, NULL);
  check_equal(read_byte(NULL, near, ns), GV_EBUSY);
  check_equal(gv_socket_wait(NULL, NULL, near, GV_WRITE, ns), GV_OK);
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  close_sockets();
}

static void shouldWakeWhoReadsWhenItIsClosed(void) {
  int before = open_descriptors();
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  spawn(read_near, NULL);
  gv_socket_close(near);
  check_equal(read_byte(NULL, near, 0), GV_ECLOSED);
  check(fcntl(pair[0], F_GETFD) >= 0); /* the reader is still inside */
  run_until_idle();
  check_equal(got, GV_ECLOSED);
  check(fcntl(pair[0], F_GETFD) < 0);
  close_sockets();
  check_equal(open_descriptors(), before);
}

static void shouldWakeWhoReadsElsewhereWhenItIsClosed(void) {
  open_sockets();
  spawn(read_near, NULL);
  gv_socket_close(near);
  gv_socket_wake(hub, near);
  run_until_idle();
  check_equal(got, GV_ECLOSED);
  check_equal(gv_hub_active_count(hub), 0);
  close_sockets();
}

static void *read_alone(void *unused) {
  (void)unused;
  got = read_byte(NULL, near, -1);
  return NULL;
}

static void shouldWakeWhoWaitsInNoHubWhenItIsClosed(void) {
  open_sockets();
  pthread_t thread;
  check_equal(pthread_create(&thread, NULL, read_alone, NULL), 0);
  while (!atomic_load(&near->reading.taken))
    sched_yield();
  gv_socket_close(near);
  gv_socket_wake(NULL, near);
  pthread_join(thread, NULL);
  check_equal(got, GV_ECLOSED);
  close_sockets();
}

static atomic_int interrupts;
static atomic_bool returned;

static void *read_interrupted(void *unused) {
  read_alone(unused);
  atomic_store(&returned, true);
  return NULL;
}

static void count_interrupt(int signal) {
  (void)signal;
  atomic_fetch_add(&interrupts, 1);
}

static void shouldGoOnWaitingInNoHubWhenASignalInterruptsIt(void) {
  struct sigaction counting = {.sa_handler = count_interrupt}, before; /* without SA_RESTART */
  check_equal(sigaction(SIGUSR1, &counting, &before), 0);
  open_sockets();
  pthread_t thread;
  check_equal(pthread_create(&thread, NULL, read_interrupted, NULL), 0);
  while (!atomic_load(&near->reading.taken))
    sched_yield();
  for (int i = 1; i <= 50; i++) {
    pthread_kill(thread, SIGUSR1);
    while (atomic_load(&interrupts) < i && !atomic_load(&returned))
      usleep(10);
  }
  say(pair[1]);
  pthread_join(thread, NULL);
  check_equal(got, '!');
  close_sockets();
  sigaction(SIGUSR1, &before, NULL);
}

struct caller_alone {
  int64_t (*call)(struct gv_socket *socket);
  struct gv_socket *socket;
  pthread_barrier_t barrier;
  int64_t result;
};

static int64_t read_some(struct gv_socket *socket) {
  char byte;
  return gv_socket_read(NULL, NULL, socket, &byte, 1, -1);
}

static int64_t write_some(struct gv_socket *socket) {
  static const char some[1 << 16];
  int64_t count;
  do
    count = gv_socket_write(NULL, NULL, socket, some, sizeof some, -1);
  while (count > 0);
  return count;
}

static int64_t accept_some(struct gv_socket *socket) {
  gv_address from;
  return gv_socket_accept(NULL, NULL, socket, &from, -1);
}

static void *call_alone(void *arg) {
  struct caller_alone *caller = arg;
  pthread_barrier_wait(&caller->barrier);
  caller->result = caller->call(caller->socket);
  return NULL;
}

static struct gv_socket *listener_on_loopback(void) {
  gv_address address = {.family = GV_INET, .length = 4, .bytes = {127, 0, 0, 1}};
  struct gv_socket *listener = wrap(gv_socket_open(GV_INET, GV_STREAM));
  check_equal(gv_socket_bind(listener, &address), GV_OK);
  check_equal(gv_socket_listen(listener, 1), GV_OK);
  return listener;
}

/* Who is woken by shutdown(2) is not to take that for something that the peer has done, wherever it meets him. */
static void close_under(int64_t (*call)(struct gv_socket *socket), int round) {
  struct caller_alone caller = {.call = call};
  pthread_t thread;
  open_sockets();
  caller.socket = call == accept_some ? listener_on_loopback() : near;
  check_equal(pthread_barrier_init(&caller.barrier, NULL, 2), 0);
  check_equal(pthread_create(&thread, NULL, call_alone, &caller), 0);
  pthread_barrier_wait(&caller.barrier);
  for (int i = 0; i < round % 64; i++)
    clock_now();
  gv_socket_close(caller.socket);
  gv_socket_wake(NULL, caller.socket);
  pthread_join(thread, NULL);
  pthread_barrier_destroy(&caller.barrier);
  check_equal(caller.result, GV_ECLOSED);
  close_sockets();
  if (call == accept_some)
    gv_socket_free(caller.socket);
}

static void shouldTellWhoComesJustThenThatItIsClosed(void) {
  for (int i = 0; i < scaled(200); i++) {
    close_under(read_some, i);
    close_under(write_some, i);
    close_under(accept_some, i);
  }
}

static void shouldGoOnWithAnotherSocketOfTheSameNumber(void) {
  for (int i = 0; i < 3; i++) {
    open_sockets();
    check_equal(gv_socket_settle(hub, near), GV_OK);
    spawn(read_near, NULL);
    run_a_little();
    say(pair[1]);
    run_until_idle();
    check_equal(got, '!');
    close_sockets();
  }
}

/* Somebody else's watcher must not be left behind, and not be taken for one of the next socket of that number. */
static void shouldEndOtherWatchersWhenItIsClosed(void) {
  open_sockets();
  int number = pair[0];
  check_equal(gv_socket_settle(hub, near), GV_OK);
  gv_watcher *other = gv_watcher_new(hub, GV_IO, 1);
  check_equal(gv_watcher_set_io(other, number, GV_READ), GV_OK);
  check_equal(gv_watcher_start(other), GV_OK);
  run_a_little();
  close_sockets();
  run_until(1, 1);
  check_equal(value_of(1), GV_READ | GV_ERROR);
  check(!gv_watcher_is_active(other));
  run_until_idle();
  open_sockets();
  check_equal(pair[0], number);
  check_equal(gv_socket_settle(hub, near), GV_OK);
  spawn(read_near, NULL);
  run_a_little();
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  close_sockets();
}

static void shouldOutliveItsHub(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  close_hub();
  open_hub(&family->main);
  check_equal(gv_socket_settle(hub, near), GV_OK);
  spawn(read_near, NULL);
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  close_sockets();
}

static int write_much(struct thread *thread) {
  static char much[1 << 20];
  int64_t sent = 0;
  while (sent < (int64_t)sizeof much) {
    int64_t count = gv_socket_write(hub, thread->greenlet, near, much + sent, (int64_t)sizeof much - sent, -1);
    check(count > 0);
    sent += count;
  }
  got = sent;
  return GV_OK;
}

static void shouldWriteMoreThanTheSystemTakesAtOnce(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  got = 0;
  spawn(write_much, NULL);
  check_equal(got, 0);
  int64_t received = 0;
  while (received < 1 << 20) {
    static char some[1 << 16];
    int64_t count = gv_socket_read(NULL, NULL, far, some, sizeof some, 0);
    if (count > 0)
      received += count;
    else
      run_a_little();
  }
  run_until_idle();
  check_equal(got, 1 << 20);
  close_sockets();
}

static void shouldConnectAndAccept(void) {
  gv_address address, from, name;
  struct gv_socket *listener = listener_on_loopback();
  check_equal(gv_socket_name(listener, 0, &address), GV_OK);
  check_equal(gv_socket_accept(NULL, NULL, listener, &from, 0), GV_ETIMEDOUT);
  struct gv_socket *client = wrap(gv_socket_open(GV_INET, GV_STREAM));
  check_equal(gv_socket_connect(NULL, NULL, client, &address, SECOND), GV_OK);
  int accepted = gv_socket_accept(NULL, NULL, listener, &from, SECOND);
  check(accepted >= 0);
  check_equal(gv_socket_name(client, 0, &name), GV_OK);
  check(memcmp(&from, &name, sizeof name) == 0);
  check((fcntl(accepted, F_GETFL) & O_NONBLOCK) && (fcntl(accepted, F_GETFD) & FD_CLOEXEC));
  close(accepted);
  gv_socket_close(client);
  gv_socket_close(listener);
  struct gv_socket *refused = wrap(gv_socket_open(GV_INET, GV_STREAM));
  check_equal(gv_socket_connect(NULL, NULL, refused, &address, SECOND), GV_ESYSTEM - ECONNREFUSED);
  gv_socket_close(refused);
  gv_socket_free(refused);
  gv_socket_free(client);
  gv_socket_free(listener);
}

static int64_t wait_writable(struct gv_greenlet *self, int64_t ns) {
  return gv_socket_wait(self == NULL ? NULL : hub, self, near, GV_WRITE, ns);
}

static int wait_for_room(struct thread *thread) {
  got = wait_writable(thread->greenlet, *(int64_t *)thread->arg);
  return GV_OK;
}

/* It is not to say that there is room when only the time is up. */
static void shouldWaitForRoomNoLongerThanItIsTold(void) {
  static const int64_t ns = 1000000;
  static char much[1 << 16];
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  check_equal(wait_writable(NULL, ns), GV_OK);
  while (gv_socket_write(NULL, NULL, near, much, sizeof much, 0) > 0)
    continue;
  spawn(wait_for_room, (void *)&ns);
  run_until_idle();
  check_equal(got, GV_ETIMEDOUT);
  check_equal(wait_writable(NULL, ns), GV_ETIMEDOUT);
  close_sockets();
}

/* Of the end of its own output a unix socket's loop says nothing. */
static void shouldTryAgainWhenItIsTold(void) {
  static const int64_t forever = -1;
  static char much[1 << 16];
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  while (gv_socket_write(NULL, NULL, near, much, sizeof much, 0) > 0)
    continue;
  got = 1;
  spawn(wait_for_room, (void *)&forever);
  run_a_little();
  check_equal(got, 1);
  check_equal(gv_socket_retry(hub, near), GV_OK);
  run_until_idle();
  check_equal(got, GV_OK);
  close_sockets();
}

static void shouldNotKeepTheHubBusyWhenItIsToldSo(void) {
  open_sockets();
  check_equal(gv_socket_settle(hub, near), GV_OK);
  gv_socket_set_ref(near, 0);
  gv_socket_set_ref(far, 0); /* which has no home */
  got = 7;
  spawn(read_near, NULL);
  check_equal(gv_hub_active_count(hub), 1);
  run_until_idle();
  check_equal(got, 0);
  gv_socket_set_ref(near, 1);
  gv_socket_retry(hub, near);
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  close_sockets();
}

static void shouldSayFromWhomADatagramIsAndHowLargeItWas(void) {
  gv_address local = {.family = GV_INET, .length = 4, .bytes = {127, 0, 0, 1}};
  struct gv_socket *one = wrap(gv_socket_open(GV_INET, GV_DATAGRAM));
  struct gv_socket *other = wrap(gv_socket_open(GV_INET, GV_DATAGRAM));
  gv_address from = local, to = local;
  check_equal(gv_socket_bind(one, &local), GV_OK);
  check_equal(gv_socket_bind(other, &local), GV_OK);
  check_equal(gv_socket_name(one, 0, &from), GV_OK);
  check_equal(gv_socket_name(other, 0, &to), GV_OK);
  char little[4];
  gv_datagram received = {.memory = little, .size = sizeof little};
  check_equal(gv_socket_receive_from(NULL, NULL, other, &received, 0), GV_ETIMEDOUT);
  gv_datagram sent = {.memory = (void *)"datagram", .size = 8, .address = to};
  check_equal(gv_socket_send_to(NULL, NULL, one, &sent, 0), 8);
  check_equal(gv_socket_receive_from(NULL, NULL, other, &received, SECOND), 4);
  check_equal(received.size, 8);
  check_equal(received.address.port, from.port);
  check(memcmp(little, "data", 4) == 0);
  sent.address.family = 77;
  check_equal(gv_socket_send_to(NULL, NULL, one, &sent, 0), GV_EINVAL);
  gv_socket_close(one);
  gv_socket_close(other);
  gv_socket_free(one);
  gv_socket_free(other);
}

static void shouldKeepItsPortWhenItHasNoPeerAnyMore(void) {
  gv_address local = {.family = GV_INET, .length = 4, .bytes = {127, 0, 0, 1}};
  struct gv_socket *socket = wrap(gv_socket_open(GV_INET, GV_DATAGRAM));
  gv_address before, after;
  check_equal(gv_socket_bind(socket, &local), GV_OK);
  check_equal(gv_socket_name(socket, 0, &before), GV_OK);
  check_equal(gv_socket_connect(NULL, NULL, socket, &before, 0), GV_OK);
  check_equal(gv_socket_disconnect(socket), GV_OK);
  check_equal(gv_socket_name(socket, 0, &after), GV_OK);
  check(memcmp(&before, &after, sizeof before) == 0);
  gv_socket_close(socket);
  check_equal(gv_socket_disconnect(socket), GV_ECLOSED);
  gv_socket_free(socket);
}

/* Nothing would wake him when it is closed. */
static void shouldWaitForASetInHubsAlone(void) {
  int32_t status;
  struct gv_pollset *set = gv_pollset_new(&status);
  struct gv_socket *readiness = gv_pollset_socket(set, &status);
  check_equal(status, GV_OK);
  gv_pollset_wake(set);
  check_equal(gv_socket_wait(NULL, NULL, readiness, GV_READ, -1), GV_EINVAL);
  gv_socket_close(readiness);
  gv_socket_free(readiness);
  gv_pollset_free(set);
}

static int wait_for_descriptor(struct thread *thread) {
  got = gv_descriptor_wait(hub, thread->greenlet, *(int *)thread->arg, GV_READ, -1);
  return GV_OK;
}

static void shouldWaitForAnyDescriptor(void) {
  open_pair(pair);
  got = 0;
  spawn(wait_for_descriptor, &pair[0]);
  say(pair[1]);
  run_until_idle();
  check_equal(got, GV_READ);
  check_equal(gv_descriptor_wait(NULL, NULL, pair[0], GV_READ | GV_WRITE, -1), GV_READ | GV_WRITE);
  hear(pair[0]);
  check_equal(gv_descriptor_wait(NULL, NULL, pair[0], GV_READ, 0), GV_ETIMEDOUT);
  say(pair[1]);
  check_equal(gv_descriptor_wait(NULL, NULL, pair[0], GV_READ, 0), GV_READ);
  close_pair(pair);
  check_equal(gv_descriptor_wait(NULL, NULL, pair[0], GV_READ, -1), GV_ESYSTEM - EBADF);
  check_equal(gv_descriptor_wait(NULL, NULL, -1, GV_READ, -1), GV_ESYSTEM - gv_errno("EBADF"));
  check_equal(gv_errno("EBAD"), 0);
  check_equal(gv_descriptor_wait(NULL, NULL, 0, 0, -1), GV_EINVAL);
}

static void shouldFindFilesReadyAtOnce(void) {
  int file = gv_file_open("/etc/passwd");
  check(file >= 0);
  check_equal(gv_descriptor_wait(NULL, NULL, file, GV_READ | GV_WRITE, -1), GV_READ | GV_WRITE);
  got = 0;
  spawn(wait_for_descriptor, &file);
  run_until_idle();
  check_equal(got, GV_READ);
  gv_file_close(file);
}

/* ---- what the system may do at any time: by failing.c, which is preloaded if the test's environment says so ---- */

static int *failures_left;

/* Without it they don't. */
static void fail_next(int count, int error) {
  int *failure = dlsym(RTLD_DEFAULT, "failure");
  failures_left = dlsym(RTLD_DEFAULT, "failures_left");
  check((failures_left != NULL) == (getenv("FAILING") != NULL));
  if (failures_left == NULL)
    return;
  *failure = error;
  *failures_left = count;
}

/* Those who were to fail have failed. Returns the result of the call that got by. */
static int64_t in_spite_of_that(int64_t result) {
  check(failures_left == NULL || *failures_left == 0);
  return result;
}

static void shouldGoOnWithWhatTheSystemInterrupts(void) {
  char byte = '?';
  struct iovec piece = {&byte, 1};
  gv_datagram datagram = {.memory = &byte, .size = 1};
  open_sockets();
  fail_next(2, EINTR);
  check_equal(in_spite_of_that(gv_socket_write(NULL, NULL, near, &byte, 1, 0)), 1);
  fail_next(2, EINTR);
  check_equal(in_spite_of_that(gv_socket_write_pieces(NULL, NULL, near, &piece, 1, 0)), 1);
  fail_next(2, EINTR);
  check_equal(in_spite_of_that(read_byte(NULL, far, 0)), '?');
  fail_next(2, EINTR);
  check_equal(in_spite_of_that(gv_socket_receive_from(NULL, NULL, far, &datagram, 0)), 1);
  check_equal(gv_socket_settle(hub, near), GV_OK);
  fail_next(2, EINTR);
  spawn(read_near, NULL);
  check_equal(in_spite_of_that(got), 0);
  say(pair[1]);
  run_until_idle();
  check_equal(got, '!');
  close_sockets();
}

static void shouldAcceptTheNextOneWhereOneHasBrokenOff(void) {
  static const int broken_off[] = {ECONNABORTED, EPROTO, EINTR};
  gv_address address, from;
  struct gv_socket *listener = listener_on_loopback();
  check_equal(gv_socket_name(listener, 0, &address), GV_OK);
  for (int i = 0; i < 3; i++) {
    struct gv_socket *client = wrap(gv_socket_open(GV_INET, GV_STREAM));
    fail_next(1, EINTR);
    check_equal(in_spite_of_that(gv_socket_connect(NULL, NULL, client, &address, SECOND)), GV_OK);
    fail_next(3, broken_off[i]);
    int accepted = (int)in_spite_of_that(gv_socket_accept(NULL, NULL, listener, &from, SECOND));
    check(accepted > 0);
    close(accepted);
    gv_socket_close(client);
    gv_socket_free(client);
  }
  fail_next(1, EMFILE);
  int status = (int)in_spite_of_that(gv_socket_accept(NULL, NULL, listener, &from, 0));
  check_equal(status, failures_left == NULL ? GV_ETIMEDOUT : GV_ESYSTEM - EMFILE);
  gv_socket_close(listener);
  gv_socket_free(listener);
}

static int set_option(int family, int option, int value) {
  struct gv_socket *socket = wrap(gv_socket_open(family, GV_STREAM));
  int status = gv_socket_set_option(socket, option, value);
  gv_socket_close(socket);
  gv_socket_free(socket);
  return status;
}

static void shouldKnowWhichOptionsThereAre(void) {
  check(gv_option_known(GV_SO_RCVBUF) && gv_option_known(GV_IPV6_V6ONLY));
  check(!gv_option_known(-1) && !gv_option_known(1000));
  check_equal(set_option(GV_INET, 1000, 1), GV_EUNSUPPORTED);
  check_equal(set_option(GV_INET6, GV_IPV6_V6ONLY, 1), GV_OK);
  check_equal(set_option(GV_INET, GV_IPV6_V6ONLY, 1), GV_EUNSUPPORTED);
  check_equal(set_option(GV_UNIX, GV_TCP_NODELAY, 1), GV_EUNSUPPORTED);
  check_equal(set_option(GV_INET, GV_TCP_KEEPCNT, 1000000), GV_ESYSTEM - EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      promise(shouldReadAtOnceWhatIsThere),
      promise(shouldReadByTheRecvOfAPreloadedLibrary),
      promise(shouldLetOthersRunWhileItWaitsToRead),
      promise(shouldWaitInAHubThatIsNotItsHome),
      promise(shouldReturnWhenTheTimeIsUp),
      promise(shouldFindWhatComesToASocketThatWasDrained),
      promise(shouldReadFromTheRunnerWhatComesToASocketThatWasDrained),
      promise(shouldReadAgainWhatCameWhileNobodyRead),
      promise(shouldNotSpinOverWhatNobodyReads),
      promise(shouldRefuseASecondReader),
      promise(shouldWakeWhoReadsWhenItIsClosed),
      promise(shouldWakeWhoReadsElsewhereWhenItIsClosed),
      promise(shouldWakeWhoWaitsInNoHubWhenItIsClosed),
      promise(shouldGoOnWaitingInNoHubWhenASignalInterruptsIt),
      promise(shouldTellWhoComesJustThenThatItIsClosed),
      promise(shouldGoOnWithAnotherSocketOfTheSameNumber),
      promise(shouldEndOtherWatchersWhenItIsClosed),
      promise(shouldOutliveItsHub),
      promise(shouldWriteMoreThanTheSystemTakesAtOnce),
      promise(shouldConnectAndAccept),
      promise(shouldWaitForRoomNoLongerThanItIsTold),
      promise(shouldTryAgainWhenItIsTold),
      promise(shouldNotKeepTheHubBusyWhenItIsToldSo),
      promise(shouldSayFromWhomADatagramIsAndHowLargeItWas),
      promise(shouldKeepItsPortWhenItHasNoPeerAnyMore),
      promise(shouldWaitForASetInHubsAlone),
      promise(shouldWaitForAnyDescriptor),
      promise(shouldFindFilesReadyAtOnce),
      promise(shouldGoOnWithWhatTheSystemInterrupts),
      promise(shouldAcceptTheNextOneWhereOneHasBrokenOff),
      promise(shouldKnowWhichOptionsThereAre),
  };
  return run_over_both(tests);
}
