/*
 * A library of somebody else's blocks, as it thinks; its greenlet waits in the hub, and the others run.
 */
#define _GNU_SOURCE
#include "hubs.h"

#if !defined(__linux__)
int main(void) {
  return gv_patch(GV_PATCH_SOCKET) == GV_EUNSUPPORTED ? 0 : 1;
}
#else
#include "foreign.h"
#include "interpose.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { LARGE = 1 << 20 };

static const struct foreign *foreign;
static int pair[2];
static int turns; /* of others, while somebody waits */

/* What the greenlet's call has returned, and left in errno; -2: not yet. */
static ssize_t result;
static int error;

#define call(expression) (result = -2, errno = 0, result = (expression), error = errno)

static int count_turns(struct thread *thread) {
  for (int i = 0; i < 10; i++) {
    turns++;
    hub_sleep(hub, thread->greenlet, 100000, true);
  }
  return GV_OK;
}

/* The others run for a while, though somebody waits. */
static void checkOthersRun(void) {
  turns = 0;
  spawn(count_turns, NULL);
  while (turns < 10)
    run_a_little();
  check_equal(result, -2);
}

/* ---- reading and writing ---- */

static char memory[LARGE];

static int read_one(struct thread *thread) {
  char byte = 0;
  call(foreign->read(*(int *)thread->arg, &byte, 1));
  check(result != 1 || byte == '!');
  return GV_OK;
}

static void checkReads(void) {
  spawn(read_one, &pair[0]);
  checkOthersRun();
  say(pair[1]);
  run_until_idle();
  check_equal(result, 1);
  say(pair[1]);
  spawn(read_one, &pair[0]);
  check_equal(result, 1);
  close(pair[1]);
  spawn(read_one, &pair[0]);
  check_equal(result, 0);
  close(pair[0]);
}

static void shouldWaitForASocketInTheHub(void) {
  open_pair(pair);
  checkReads();
}

static void shouldWaitForAPipeInTheHub(void) {
  check_equal(pipe(pair), 0);
  checkReads();
}

static void shouldNotAskTheKernelToWatchASocketTwice(void) {
  open_pair(pair);
  spawn(read_one, &pair[0]);
  say(pair[1]);
  run_until_idle();
  check_equal(result, 1);
  check(hub->watchers.of_descriptor[pair[0]].kept);
  check_equal(hub->watchers.of_descriptor[pair[0]].told, LOOP_READ);
  foreign->close(pair[0]);
  close(pair[1]);
}

static int sent_by[2];

static int write_much(struct thread *thread) {
  int *fd = thread->arg;
  if (sent_by[0] == 0) {
    call(foreign->write(*fd, memory, LARGE));
  } else {
    struct iovec pieces[3] = {{memory, 1000}, {memory + 1000, 0}, {memory + 1000, LARGE - 1000}};
    call(foreign->writev(*fd, pieces, 3));
  }
  return GV_OK;
}

static int64_t heard;

static int read_much(struct thread *thread) {
  static char part[10000];
  ssize_t count;
  while (heard < LARGE && (count = foreign->read(*(int *)thread->arg, part, sizeof part)) > 0) {
    for (ssize_t i = 0; i < count; i++)
      check_equal(part[i], (char)((heard + i) % 251));
    heard += count;
    hub_yield(hub, thread->greenlet);
  }
  return GV_OK;
}

static void checkWritesAll(int from, int to) {
  for (int i = 0; i < LARGE; i++)
    memory[i] = (char)(i % 251);
  for (sent_by[0] = 0; sent_by[0] < 2; sent_by[0]++) {
    heard = 0;
    spawn(write_much, &from);
    check_equal(result, -2);
    spawn(read_much, &to);
    run_until_idle();
    check_equal(heard, LARGE);
    check_equal(result, LARGE);
  }
}

static void shouldWriteAllOfItToASocket(void) {
  open_pair(pair);
  checkWritesAll(pair[1], pair[0]);
  close_pair(pair);
}

static void shouldWriteAllOfItToAPipe(void) {
  check_equal(pipe(pair), 0);
  checkWritesAll(pair[1], pair[0]);
  close_pair(pair);
}

static int read_vector(struct thread *thread) {
  (void)thread;
  char first[2] = {0}, second[2] = {0};
  struct iovec pieces[2] = {{first, 2}, {second, 2}};
  call(foreign->readv(pair[0], pieces, 2));
  check_equal(first[1], 'b');
  check_equal(second[0], 'c');
  return GV_OK;
}

static void shouldReadIntoSeveralPieces(void) {
  for (int i = 0; i < 2; i++) {
    if (i == 0)
      open_pair(pair);
    else
      check_equal(pipe(pair), 0);
    spawn(read_vector, NULL);
    checkOthersRun();
    check_equal(write(pair[1], "abc", 3), 3);
    run_until_idle();
    check_equal(result, 3);
    close_pair(pair);
  }
}

static void shouldTellOfABrokenConnection(void) {
  signal(SIGPIPE, SIG_IGN);
  open_pair(pair);
  close(pair[0]);
  sent_by[0] = 0;
  spawn(write_much, &pair[1]);
  check_equal(result, -1);
  check_equal(error, EPIPE);
  close(pair[1]);
}

static void shouldFailAtOnceWhereTheOwnerWantsIt(void) {
  for (int i = 0; i < 2; i++) {
    if (i == 0)
      open_pair(pair);
    else
      check_equal(pipe(pair), 0);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    fcntl(pair[1], F_SETFL, O_NONBLOCK);
    spawn(read_one, &pair[0]);
    check_equal(result, -1);
    check_equal(error, EAGAIN);
    sent_by[0] = 0;
    spawn(write_much, &pair[1]);
    check(result > 0 && result < LARGE);
    close_pair(pair);
  }
}

static int receive_flagged(struct thread *thread) {
  char bytes[4] = {0};
  call(foreign->recv(pair[0], bytes, 4, *(int *)thread->arg));
  return GV_OK;
}

static void shouldHeedTheFlagsOfRecv(void) {
  int dont_wait = MSG_DONTWAIT, wait_all = MSG_WAITALL;
  open_pair(pair);
  spawn(receive_flagged, &dont_wait);
  check_equal(result, -1);
  check_equal(error, EAGAIN);
  spawn(receive_flagged, &wait_all);
  check_equal(write(pair[1], "ab", 2), 2);
  run_a_little();
  check_equal(result, -2);
  check_equal(write(pair[1], "cd", 2), 2);
  run_until_idle();
  check_equal(result, 4);
  close_pair(pair);
}

static void shouldHeedTheLimitOfASocket(void) {
  open_pair(pair);
  struct timeval limit = {.tv_usec = 20000};
  check_equal(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
  int64_t before = clock_now();
  spawn(read_one, &pair[0]);
  check_equal(result, -2);
  run_until_idle();
  check_equal(result, -1);
  check_equal(error, EAGAIN);
  check(clock_now() - before >= 20000000);
  close_pair(pair);
}

static int receive_from(struct thread *thread) {
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  char bytes[10];
  call(foreign->recvfrom(*(int *)thread->arg, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size));
  check_equal(from.sin_family, AF_INET);
  check_equal(size, sizeof from);
  return GV_OK;
}

static int send_to(struct thread *thread) {
  check_equal(foreign->sendto(*(int *)thread->arg, "abc", 3, 0, NULL, 0), 3);
  return GV_OK;
}

static struct sockaddr_in loopback(int fd) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof name;
  check_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
  check_equal(getsockname(fd, (struct sockaddr *)&name, &size), 0);
  return name;
}

static void shouldWaitForADatagram(void) {
  pair[0] = socket(AF_INET, SOCK_DGRAM, 0);
  pair[1] = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in name = loopback(pair[0]);
  check_equal(connect(pair[1], (struct sockaddr *)&name, sizeof name), 0);
  spawn(receive_from, &pair[0]);
  checkOthersRun();
  spawn(send_to, &pair[1]);
  run_until_idle();
  check_equal(result, 3);
  close_pair(pair);
}

/* ---- connections ---- */

static struct sockaddr_in name;

static int accept_one(struct thread *thread) {
  call(foreign->accept(*(int *)thread->arg, NULL, NULL));
  return GV_OK;
}

static int connected = -2, connect_error;

static int connect_one(struct thread *thread) {
  connected = foreign->connect(*(int *)thread->arg, (struct sockaddr *)&name, sizeof name);
  connect_error = errno;
  return GV_OK;
}

static void shouldWaitForAConnection(void) {
  pair[0] = socket(AF_INET, SOCK_STREAM, 0);
  pair[1] = socket(AF_INET, SOCK_STREAM, 0);
  name = loopback(pair[0]);
  check_equal(listen(pair[0], 5), 0);
  spawn(accept_one, &pair[0]);
  checkOthersRun();
  connected = -2;
  spawn(connect_one, &pair[1]);
  run_until_idle();
  check_equal(connected, 0);
  check(result >= 0);
  check_equal(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0);
  check_equal(fcntl(pair[1], F_GETFL) & O_NONBLOCK, 0);
  check_equal(fcntl((int)result, F_GETFL) & O_NONBLOCK, 0);
  close((int)result);
  close_pair(pair);
}

static void shouldTellWhyItIsNotConnected(void) {
  pair[0] = socket(AF_INET, SOCK_STREAM, 0);
  pair[1] = socket(AF_INET, SOCK_STREAM, 0);
  name = loopback(pair[0]); /* where nobody listens */
  connected = -2;
  spawn(connect_one, &pair[1]);
  run_until_idle();
  check_equal(connected, -1);
  check_equal(connect_error, ECONNREFUSED);
  close_pair(pair);
}

static struct sockaddr_un path;

static int connect_path(struct thread *thread) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  (void)thread;
  check_equal(foreign->connect(fd, (struct sockaddr *)&path, sizeof path), 0);
  connected++;
  close(fd);
  return GV_OK;
}

static void shouldWaitForRoomInABacklog(void) {
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  path = (struct sockaddr_un){.sun_family = AF_UNIX};
  snprintf(path.sun_path + 1, sizeof path.sun_path - 1, "gevent4j-test-%d", (int)getpid()); /* in no directory */
  check_equal(bind(listener, (struct sockaddr *)&path, sizeof path), 0);
  check_equal(listen(listener, 0), 0);
  connected = 0;
  for (int i = 0; i < 5; i++)
    spawn(connect_path, NULL);
  check(connected < 5);
  for (int i = 0; i < 5; i++) {
    spawn(accept_one, &listener);
    while (result == -2)
      run_a_little();
    check(result >= 0);
    close((int)result);
  }
  run_until_idle();
  check_equal(connected, 5);
  close(listener);
}

static void shouldNotBlockOnAListenerThatAnotherEmpties(void) {
  pair[0] = socket(AF_INET, SOCK_STREAM, 0);
  pair[1] = socket(AF_INET, SOCK_STREAM, 0);
  name = loopback(pair[0]);
  check_equal(listen(pair[0], 5), 0);
  spawn(accept_one, &pair[0]);
  check_equal(connect(pair[1], (struct sockaddr *)&name, sizeof name), 0);
  int taken = accept(pair[0], NULL, NULL); /* before the hub has looked */
  check(taken >= 0);
  checkOthersRun();
  int other = socket(AF_INET, SOCK_STREAM, 0);
  check_equal(connect(other, (struct sockaddr *)&name, sizeof name), 0);
  run_until_idle();
  check(result >= 0);
  close((int)result);
  close(taken);
  close(other);
  close_pair(pair);
}

/* ---- poll ---- */

static struct pollfd polled[3];
static int poll_count, poll_ms;

static int poll_some(struct thread *thread) {
  (void)thread;
  call(foreign->poll(polled, (nfds_t)poll_count, poll_ms));
  return GV_OK;
}

static void ask(int count, int ms) {
  poll_count = count;
  poll_ms = ms;
  for (int i = 0; i < 3; i++)
    polled[i].revents = 0;
  spawn(poll_some, NULL);
}

static void shouldPollOne(void) {
  open_pair(pair);
  polled[0] = (struct pollfd){.fd = pair[0], .events = POLLIN};
  ask(1, 0);
  check_equal(result, 0);
  ask(1, 20);
  check_equal(result, -2);
  run_until_idle();
  check_equal(result, 0);
  ask(1, -1);
  checkOthersRun();
  say(pair[1]);
  run_until_idle();
  check_equal(result, 1);
  check_equal(polled[0].revents, POLLIN);
  close_pair(pair);
}

static void shouldPollSeveral(void) {
  int other[2];
  open_pair(pair);
  open_pair(other);
  polled[0] = (struct pollfd){.fd = pair[0], .events = POLLIN};
  polled[1] = (struct pollfd){.fd = -1, .events = POLLIN};
  polled[2] = (struct pollfd){.fd = other[0], .events = POLLIN | POLLPRI};
  ask(3, 20);
  check_equal(result, -2);
  run_until_idle();
  check_equal(result, 0);
  ask(3, 10000);
  checkOthersRun();
  say(other[1]);
  run_until_idle();
  check_equal(result, 1);
  check_equal(polled[2].revents, POLLIN);
  polled[2].fd = pair[0];
  hear(other[0]);
  ask(3, -1);
  say(pair[1]);
  run_until_idle();
  check_equal(result, 2);
  close_pair(other);
  close_pair(pair);
}

static struct epoll_event selected;
static int select_ms;

static int select_one(struct thread *thread) {
  call(foreign->epoll_wait(*(int *)thread->arg, &selected, 1, select_ms));
  return GV_OK;
}

static void shouldWaitForASetOfDescriptors(void) {
  open_pair(pair);
  int set = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = pair[0]};
  check_equal(epoll_ctl(set, EPOLL_CTL_ADD, pair[0], &event), 0);
  select_ms = 20;
  spawn(select_one, &set);
  check_equal(result, -2);
  run_until_idle();
  check_equal(result, 0);
  select_ms = -1;
  spawn(select_one, &set);
  checkOthersRun();
  say(pair[1]);
  run_until_idle();
  check_equal(result, 1);
  check_equal(selected.data.fd, pair[0]);
  foreign->close(set);
  close_pair(pair);
}

/* ---- what others close ---- */

static void *close_it(void *arg) {
  check_equal(foreign->close(*(int *)arg), 0);
  return NULL;
}

static void *replace_it(void *arg) {
  check_equal(foreign->dup2(pair[1], *(int *)arg), *(int *)arg);
  return NULL;
}

static void by_another_thread(void *(*body)(void *), void *arg) {
  pthread_t id;
  check_equal(pthread_create(&id, NULL, body, arg), 0);
  check_equal(pthread_join(id, NULL), 0);
}

static void shouldWakeWhoWaitsForWhatIsClosed(void) {
  open_pair(pair);
  spawn(read_one, &pair[0]);
  by_another_thread(close_it, &pair[0]);
  run_until_idle();
  check_equal(result, -1);
  check_equal(error, EINTR);
  spawn(read_one, &pair[0]);
  check_equal(error, EBADF);
  close(pair[1]);
}

/* Its number may stand for another file before they run again. */
static void shouldHaveThoseInAPipeThatIsClosedNeverTryAgain(void) {
  check_equal(pipe(pair), 0);
  spawn(read_one, &pair[0]);
  by_another_thread(close_it, &pair[0]);
  check_equal(dup2(pair[1], pair[0]), pair[0]);
  run_until_idle();
  check_equal(result, 0);
  close_pair(pair);
  check_equal(pipe2(pair, O_NONBLOCK), 0);
  while (write(pair[1], memory, LARGE) > 0)
    ;
  check_equal(fcntl(pair[1], F_SETFL, 0), 0);
  sent_by[0] = 0;
  spawn(write_much, &pair[1]);
  check_equal(result, -2);
  by_another_thread(close_it, &pair[1]);
  run_until_idle();
  check_equal(result, -1);
  check_equal(error, EPIPE);
  close(pair[0]);
}

static void shouldWakeWhoWaitsForWhatIsReplaced(void) {
  open_pair(pair);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  loopback(listener);
  check_equal(listen(listener, 5), 0);
  spawn(accept_one, &listener);
  checkOthersRun();
  by_another_thread(replace_it, &listener);
  run_until_idle();
  check_equal(result, -1);
  check_equal(error, EINTR);
  close(listener);
  close_pair(pair);
}

static int closed_by_greenlet(struct thread *thread) {
  check_equal(foreign->close(*(int *)thread->arg), 0);
  return GV_OK;
}

static void shouldWakeWhoPollsWhatAGreenletCloses(void) {
  open_pair(pair);
  polled[0] = polled[2] = (struct pollfd){.fd = pair[1], .events = POLLIN};
  polled[1] = (struct pollfd){.fd = pair[0], .events = POLLIN};
  ask(3, -1);
  spawn(closed_by_greenlet, &pair[0]);
  run_until_idle();
  check_equal(result, -1);
  check_equal(error, EINTR);
  close(pair[1]);
}

/* The kernel forgets what it was asked of a closed descriptor, and its number stands for another one. */
static void shouldWaitForTheNextFileOfANumber(void) {
  interpose_strangers = false;
  open_pair(pair);
  for (int i = 0; i < 3; i++) {
    int former = pair[0];
    spawn(read_one, &pair[0]);
    say(pair[1]);
    run_until_idle();
    check_equal(result, 1);
    by_another_thread(close_it, &pair[0]);
    close(pair[1]);
    open_pair(pair);
    check_equal(pair[0], former);
  }
  struct gv_watcher *watcher = gv_watcher_new(hub, GV_IO, 1); /* of somebody who calls no hook */
  spawn(read_one, &pair[0]);
  say(pair[1]);
  run_until_idle();
  by_another_thread(close_it, &pair[0]);
  close(pair[1]);
  open_pair(pair);
  check_equal(gv_watcher_set_io(watcher, pair[0], GV_READ), GV_OK);
  check_equal(gv_watcher_start(watcher), GV_OK);
  say(pair[1]);
  run_until(1, 1);
  gv_watcher_free(watcher);
  close_pair(pair);
  interpose_strangers = true;
}

static void shouldSeeThatSomebodyElseHasClosedIt(void) {
  for (int i = 0; i < 4; i++) {
    if (i % 2 == 0)
      open_pair(pair);
    else
      check_equal(pipe(pair), 0);
    spawn(read_one, &pair[0]);
    say(pair[1]);
    run_until_idle();
    check_equal(result, 1);
    close_pair(pair);
  }
}

/* ---- signals ---- */

static void *signal_it(void *arg) {
  check_equal(foreign->pthread_kill(*(pthread_t *)arg, SIGWINCH), 0);
  return NULL;
}

/* Each lands where the kernel thread of the greenlet sleeps, or in the baton's wait. */
static void shouldEndAWaitByASignal(void) {
  for (int i = 0; i < 3; i++) {
    if (i == 0)
      open_pair(pair);
    else
      check_equal(pipe(pair), 0);
    polled[0] = (struct pollfd){.fd = pair[0], .events = POLLIN};
    polled[1] = (struct pollfd){.fd = pair[1], .events = 0};
    if (i < 2)
      spawn(read_one, &pair[0]);
    else
      ask(2, -1);
    by_another_thread(signal_it, &greenlets[greenlet_count - 1]->id);
    run_until_idle();
    check_equal(result, -1);
    check_equal(error, EINTR);
    close_pair(pair);
  }
}

/* ---- calls that are made away ---- */

static long resolved_by;

static int resolve(struct thread *thread) {
  struct addrinfo *found = NULL;
  call(foreign->getaddrinfo("127.0.0.1", "80", &(struct addrinfo){.ai_flags = AI_NUMERICHOST}, &found));
  resolved_by = kernel_thread();
  check_equal(thread->kernel_thread == resolved_by, !by_swap());
  freeaddrinfo(found);
  return GV_OK;
}

static void shouldResolveOnAnotherKernelThread(void) {
  result = -2;
  spawn(resolve, NULL);
  check_equal(result, -2);
  run_until_idle();
  check_equal(result, 0);
  if (by_swap())
    check_equal(resolved_by, kernel_thread());
}

static int use_file(struct thread *thread) {
  int fd = *(int *)thread->arg;
  check_equal(foreign->write(fd, "abc", 3), 3);
  check_equal(foreign->fsync(fd), 0);
  lseek(fd, 0, SEEK_SET);
  char bytes[10];
  call(foreign->read(fd, bytes, 10));
  return GV_OK;
}

static void shouldUseFilesOnAnotherKernelThread(void) {
  FILE *file = tmpfile();
  int fd = fileno(file);
  result = -2;
  spawn(use_file, &fd);
  check_equal(result, -2);
  run_until_idle();
  check_equal(result, 3);
  check_equal(gv_unpatch(GV_PATCH_FILES), GV_PATCH_ALL & ~GV_PATCH_FILES);
  spawn(use_file, &fd);
  check(result > 0);
  check_equal(gv_patch(GV_PATCH_FILES), GV_PATCH_ALL);
  fclose(file);
}

static char named[32];

static int open_to_read(struct thread *thread) {
  (void)thread;
  call(foreign->open(named, O_RDONLY));
  return GV_OK;
}

static void shouldOpenANamedPipeOnAnotherKernelThread(void) {
  strcpy(named, "/tmp/gevent4j-XXXXXX");
  close(mkstemp(named));
  check_equal(unlink(named), 0);
  check_equal(mkfifo(named, 0600), 0);
  result = -2;
  spawn(open_to_read, NULL);
  checkOthersRun();
  int other = open(named, O_WRONLY);
  run_until_idle();
  check(result >= 0);
  close((int)result);
  close(other);
  unlink(named);
}

static struct flock whole_file(int type) {
  return (struct flock){.l_type = (short)type, .l_whence = SEEK_SET};
}

static int lock_file(struct thread *thread) {
  struct flock lock = whole_file(F_WRLCK);
  call(foreign->fcntl(*(int *)thread->arg, F_SETLKW, &lock));
  return GV_OK;
}

/* Its lock ends with the other process, which does when nobody can write to the pair any more. */
static pid_t lock_in_another_process(int fd) {
  pid_t child = fork();
  if (child == 0) {
    struct flock lock = whole_file(F_WRLCK);
    close(pair[1]);
    char byte = (char)fcntl(fd, F_SETLK, &lock);
    _exit(write(pair[0], "!", 1) == 1 && read(pair[0], &byte, 1) == 0 ? 0 : 1);
  }
  return child;
}

static void shouldWaitForTheLockOfAFileOnAnotherKernelThread(void) {
  FILE *file = tmpfile();
  int fd = fileno(file);
  open_pair(pair);
  pid_t child = lock_in_another_process(fd);
  close(pair[0]);
  char byte;
  check_equal(read(pair[1], &byte, 1), 1);
  result = -2;
  spawn(lock_file, &fd);
  checkOthersRun();
  close(pair[1]);
  run_until_idle();
  check_equal(result, 0);
  check_equal(waitpid(child, NULL, 0), child);
  result = -2;
  spawn(lock_file, &fd);
  check_equal(result, 0); /* it is ours: at once */
  fclose(file);
}

static int say_in_turn(struct thread *thread) {
  check_equal(hub_yield(hub, thread->greenlet), GV_OK);
  say(*(int *)thread->arg);
  return GV_OK;
}

static int fork_and_read(struct thread *thread) {
  pid_t *child = thread->arg;
  char byte;
  *child = fork();
  if (*child == 0)
    _exit(foreign->read(pair[0], &byte, 1) == 1 ? 0 : 1);
  return GV_OK;
}

static void await_asleep(pid_t process) {
  char path[32], state = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  while (state != 'S') {
    FILE *file = fopen(path, "r");
    check(file != NULL);
    check_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
    fclose(file);
  }
}

/* Whom the child has a copy of, and who is ready, says nothing there. */
static void shouldWaitAloneInAChildThatIsForked(void) {
  pid_t child;
  int status = -1, said = 0, ends[2];
  open_pair(pair);
  open_pair(ends);
  spawn(say_in_turn, &ends[1]);
  spawn(fork_and_read, &child);
  run_until_idle();
  await_asleep(child);
  check_equal(ioctl(ends[0], FIONREAD, &said), 0);
  check_equal(said, 1);
  say(pair[1]);
  check_equal(waitpid(child, &status, 0), child);
  check_equal(status, 0);
  close_pair(ends);
  close_pair(pair);
}

static int linger(struct thread *thread) {
  int fd = *(int *)thread->arg;
  check_equal(foreign->write(fd, memory, 1), 1);
  while (foreign->send(fd, memory, LARGE, MSG_DONTWAIT) > 0)
    ;
  check_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 60}, sizeof(struct linger)), 0);
  call(foreign->close(fd));
  return GV_OK;
}

/* It ends as soon as the peer refuses what was sent. */
static void shouldLingerOnAnotherKernelThread(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), sender = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in name = loopback(listener);
  check_equal(listen(listener, 5), 0);
  check_equal(connect(sender, (struct sockaddr *)&name, sizeof name), 0);
  int peer = accept(listener, NULL, NULL);
  result = -2;
  spawn(linger, &sender);
  checkOthersRun();
  close(peer);
  run_until_idle();
  check_equal(result, 0);
  close(listener);
}

/* ---- ends ---- */

static int read_to_the_end(struct thread *thread) {
  read_one(thread);
  return GV_EOWNER;
}

static void end_hub(void *arg) {
  (void)arg;
  family = family_without_spares();
  open_hub(&family->main);
  spawn(read_to_the_end, &pair[0]);
}

/* The end of their kernel thread finds greenlets that wait: each goes on upon its own, and blocks. */
static void shouldBlockOnceItsHubIsGone(void) {
  struct gv_family *family_here = family;
  struct gv_hub *hub_here = hub;
  open_pair(pair);
  int before = greenlet_count;
  on_thread(end_hub, NULL);
  say(pair[1]);
  check_equal(pthread_join(greenlets[before]->id, NULL), 0);
  check_equal(greenlets[before]->status, GV_EOWNER);
  free(greenlets[before]);
  greenlet_count = before;
  check_equal(result, 1);
  close_pair(pair);
  gv_hub_free(hub);
  family = family_here;
  hub = hub_here;
}

/* ---- slots ---- */

static void *plain_read(void *arg) {
  char byte;
  check_equal(foreign->read(*(int *)arg, &byte, 1), 1);
  return NULL;
}

static void shouldBlockWhoIsNoGreenlet(void) {
  open_pair(pair);
  say(pair[1]);
  by_another_thread(plain_read, &pair[0]);
  say(pair[1]);
  plain_read(&pair[0]); /* the runner */
  close_pair(pair);
}

static int count_slots(const char *library, int state) {
  int count = 0;
  for (int i = 0; i < gv_slot_count(); i++)
    count += strcmp(gv_slot_library(i), library) == 0 && gv_slot_state(i) == state;
  return count;
}

static int row_of(const char *library, const char *symbol) {
  int row = 0;
  while (strcmp(gv_slot_library(row), library) != 0 || strcmp(gv_slot_symbol(row), symbol) != 0)
    row++;
  return row;
}

static void shouldPutBackWhatWasThere(void) {
  struct slot slot;
  int row = row_of("libforeign.so", "read");
  check(interpose_row(row, &slot));
  check_equal(slot.state, GV_SLOT_PATCHED);
  check(*slot.place == slot.hook->ours);
  check_equal(gv_unpatch(GV_PATCH_ALL), 0);
  check_equal(gv_patched(), 0);
  check(*slot.place == slot.before);
  check_equal(count_slots("libforeign.so", GV_SLOT_PATCHED), 0);
  check_equal(gv_patch(GV_PATCH_DNS), GV_PATCH_DNS);
  check_equal(count_slots("libforeign.so", GV_SLOT_PATCHED), 1);
  check_equal(gv_slot_state(row), GV_SLOT_FREE);
  check_equal(gv_patch(GV_PATCH_ALL), GV_PATCH_ALL);
  check_equal(gv_slot_state(row), GV_SLOT_PATCHED);
  check_equal(gv_patch(1 << 20), GV_EINVAL);
  check_equal(gv_slot_state(-1), GV_EINVAL);
  check(gv_slot_symbol(gv_slot_count()) == NULL);
  check_equal(gv_patch_library("libnobody.so"), GV_EINVAL);
}

/* Else each call of everybody's looks what the descriptor is. */
static void shouldTrustWhatItKnowsBesideALibraryWithoutDescriptors(void) {
  check(dlopen(LOCKS_LIBRARY, RTLD_NOW) != NULL);
  interpose_strangers = false;
  check_equal(gv_patch_library("liblocks.so"), 1);
  check_equal(gv_patch_library("libnobody.so"), GV_EINVAL);
  check(!interpose_strangers);
  interpose_strangers = true;
}

static ssize_t somebody_elses(int fd, void *buffer, size_t size) {
  (void)fd, (void)buffer, (void)size;
  return 4711;
}

/* Of a second copy of the library, which isn't bound yet and whose slots aren't sealed. */
static void shouldLeaveAloneWhatSomebodyElseHasSet(void) {
  struct slot slot;
  void *library = dlopen(LAZY_LIBRARY, RTLD_LAZY);
  check(library != NULL);
  const struct foreign *lazy = ((foreign_functions *)dlsym(library, "foreign_functions_of"))();
  interpose_strangers = false;
  check(gv_patch_library("liblazy.so") > 10);
  check(interpose_strangers);
  check_equal(count_slots("liblazy.so", GV_SLOT_FOREIGN), 0);
  open_pair(pair);
  check_equal(gv_unpatch(GV_PATCH_ALL), 0);
  say(pair[1]);
  char byte;
  check_equal(lazy->read(pair[0], &byte, 1), 1);
  check_equal(gv_patch(GV_PATCH_ALL), GV_PATCH_ALL);
  int row = row_of("liblazy.so", "read");
  check(interpose_row(row, &slot));
  *slot.place = (void *)somebody_elses;
  check_equal(gv_unpatch(GV_PATCH_ALL), 0);
  check_equal(gv_slot_state(row), GV_SLOT_FOREIGN);
  check_equal(lazy->read(pair[0], &byte, 1), 4711);
  check_equal(gv_patch(GV_PATCH_ALL), GV_PATCH_ALL);
  check_equal(lazy->read(pair[0], &byte, 1), 4711);
  close_pair(pair);
}

int main(void) {
  foreign = foreign_functions_of();
  check(gv_patch_library("libforeign.so") > 10);
  check_equal(gv_patch(GV_PATCH_ALL), GV_PATCH_ALL);
  const struct CMUnitTest tests[] = {
      promise(shouldWaitForASocketInTheHub),
      promise(shouldWaitForAPipeInTheHub),
      promise(shouldNotAskTheKernelToWatchASocketTwice),
      promise(shouldWriteAllOfItToASocket),
      promise(shouldWriteAllOfItToAPipe),
      promise(shouldReadIntoSeveralPieces),
      promise(shouldTellOfABrokenConnection),
      promise(shouldFailAtOnceWhereTheOwnerWantsIt),
      promise(shouldHeedTheFlagsOfRecv),
      promise(shouldHeedTheLimitOfASocket),
      promise(shouldWaitForADatagram),
      promise(shouldWaitForAConnection),
      promise(shouldTellWhyItIsNotConnected),
      promise(shouldWaitForRoomInABacklog),
      promise(shouldNotBlockOnAListenerThatAnotherEmpties),
      promise(shouldPollOne),
      promise(shouldPollSeveral),
      promise(shouldWaitForASetOfDescriptors),
      promise(shouldWakeWhoWaitsForWhatIsClosed),
      promise(shouldHaveThoseInAPipeThatIsClosedNeverTryAgain),
      promise(shouldWakeWhoWaitsForWhatIsReplaced),
      promise(shouldWakeWhoPollsWhatAGreenletCloses),
      promise(shouldWaitForTheNextFileOfANumber),
      promise(shouldSeeThatSomebodyElseHasClosedIt),
      promise(shouldEndAWaitByASignal),
      promise(shouldResolveOnAnotherKernelThread),
      promise(shouldUseFilesOnAnotherKernelThread),
      promise(shouldOpenANamedPipeOnAnotherKernelThread),
      promise(shouldWaitForTheLockOfAFileOnAnotherKernelThread),
      promise(shouldWaitAloneInAChildThatIsForked),
      promise(shouldLingerOnAnotherKernelThread),
      promise(shouldBlockOnceItsHubIsGone),
      promise(shouldBlockWhoIsNoGreenlet),
      promise(shouldPutBackWhatWasThere),
      promise(shouldTrustWhatItKnowsBesideALibraryWithoutDescriptors),
  };
  int failed = run_over_both(tests);
  const struct CMUnitTest last[] = {promise(shouldLeaveAloneWhatSomebodyElseHasSet)};
  return failed + run_guarded(last);
}
#endif
