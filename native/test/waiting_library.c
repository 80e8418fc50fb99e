/*
 * waiting_library.c: a library of somebody else's that waits in native code, in many ways. The tests in Java compile
 * it. Each way is prepared, then waited, and ends when another thread tells it to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <jni.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NAME(method) Java_io_gevent4j_monkey_NativeLibrariesTest_00024Application_##method

static void check(int condition) {
  if (!condition)
    abort();
}

static int ends[2], set;
static char byte;
static sem_t semaphore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_t thread;
static _Atomic int told;

static struct timespec in_an_hour(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += 3600;
  return time;
}

/* ---- descriptors ---- */

static void open_ends(void) {
  check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  set = epoll_create1(0);
  check(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &(struct epoll_event){.events = EPOLLIN}) == 0);
}

static void send_byte(void) {
  check(send(ends[1], "b", 1, 0) == 1);
}

static void close_ends(void) {
  check(close(ends[0]) == 0 && close(ends[1]) == 0 && close(set) == 0);
}

static void by_read(void) {
  check(read(ends[0], &byte, 1) == 1);
}

static void by_recv(void) {
  check(recv(ends[0], &byte, 1, 0) == 1);
}

static void by_poll(void) {
  check(poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, -1) == 1);
}

static void by_ppoll(void) {
  check(ppoll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, NULL, NULL) == 1);
}

static void by_select(void) {
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  check(select(ends[0] + 1, &reads, NULL, NULL, NULL) == 1);
}

static void by_pselect(void) {
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  check(pselect(ends[0] + 1, &reads, NULL, NULL, NULL, NULL) == 1);
}

static void by_epoll_wait(void) {
  check(epoll_wait(set, &(struct epoll_event){0}, 1, -1) == 1);
}

static void by_epoll_pwait(void) {
  check(epoll_pwait(set, &(struct epoll_event){0}, 1, -1, NULL) == 1);
}

static void by_epoll_pwait2(void) {
  check(epoll_pwait2(set, &(struct epoll_event){0}, 1, &(struct timespec){.tv_sec = 3600}, NULL) == 1);
}

static void by_epoll_pwait_with_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  check(epoll_pwait(set, &(struct epoll_event){0}, 1, -1, &none) == 1);
}

static void by_epoll_pwait2_with_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  check(epoll_pwait2(set, &(struct epoll_event){0}, 1, NULL, &none) == 1);
}

/* ---- locks and the like ---- */

static void nothing(void) {
  told = 0;
}

static void lock_mutex(void) {
  check(pthread_mutex_lock(&mutex) == 0);
}

static void unlock_mutex(void) {
  check(pthread_mutex_unlock(&mutex) == 0);
}

static void by_mutex(void) {
  lock_mutex();
  unlock_mutex();
}

static void by_mutex_until(void) {
  struct timespec time = in_an_hour();
  check(pthread_mutex_timedlock(&mutex, &time) == 0);
  unlock_mutex();
}

static void by_mutex_by_a_clock(void) {
  struct timespec time = in_an_hour();
  check(pthread_mutex_clocklock(&mutex, CLOCK_REALTIME, &time) == 0);
  unlock_mutex();
}

static void lock_for_all(void) {
  check(pthread_rwlock_wrlock(&lock) == 0);
}

static void unlock_for_all(void) {
  check(pthread_rwlock_unlock(&lock) == 0);
}

static void by_read_lock(void) {
  check(pthread_rwlock_rdlock(&lock) == 0);
  unlock_for_all();
}

static void by_write_lock(void) {
  lock_for_all();
  unlock_for_all();
}

static void init_semaphore(void) {
  check(sem_init(&semaphore, 0, 0) == 0);
}

static void post(void) {
  check(sem_post(&semaphore) == 0);
}

static void by_semaphore(void) {
  check(sem_wait(&semaphore) == 0);
}

static void by_semaphore_until(void) {
  struct timespec time = in_an_hour();
  check(sem_timedwait(&semaphore, &time) == 0);
}

static void signal_cond(void) {
  lock_mutex();
  told = 1;
  check(pthread_cond_signal(&cond) == 0);
  unlock_mutex();
}

static void by_cond(void) {
  lock_mutex();
  while (!told)
    check(pthread_cond_wait(&cond, &mutex) == 0);
  unlock_mutex();
}

static void by_cond_until(void) {
  struct timespec time = in_an_hour();
  lock_mutex();
  while (!told)
    check(pthread_cond_timedwait(&cond, &mutex, &time) == 0);
  unlock_mutex();
}

static void by_cond_by_a_clock(void) {
  struct timespec time = in_an_hour();
  lock_mutex();
  while (!told)
    check(pthread_cond_clockwait(&cond, &mutex, CLOCK_REALTIME, &time) == 0);
  unlock_mutex();
}

static void *run(void *arg) {
  by_semaphore();
  return arg;
}

static void start_thread(void) {
  init_semaphore();
  check(pthread_create(&thread, NULL, run, NULL) == 0);
}

static void by_join(void) {
  check(pthread_join(thread, NULL) == 0);
}

/* ---- time ---- */

static void tell(void) {
  told = 1;
}

static void by_nanosleep(void) {
  while (!told)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void by_clock_nanosleep(void) {
  while (!told)
    clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void by_usleep(void) {
  while (!told)
    usleep(1000);
}

static void by_sleep(void) {
  while (!told)
    sleep(1);
}

/* ---- all of them ---- */

static const struct way {
  const char *name;
  void (*prepare)(void), (*wait)(void), (*tell)(void), (*end)(void);
} ways[] = {
    {"read", open_ends, by_read, send_byte, close_ends},
    {"recv", open_ends, by_recv, send_byte, close_ends},
    {"poll", open_ends, by_poll, send_byte, close_ends},
    {"ppoll", open_ends, by_ppoll, send_byte, close_ends},
    {"select", open_ends, by_select, send_byte, close_ends},
    {"pselect", open_ends, by_pselect, send_byte, close_ends},
    {"epoll_wait", open_ends, by_epoll_wait, send_byte, close_ends},
    {"epoll_pwait", open_ends, by_epoll_pwait, send_byte, close_ends},
    {"epoll_pwait2", open_ends, by_epoll_pwait2, send_byte, close_ends},
    {"epoll_pwait with signals", open_ends, by_epoll_pwait_with_signals, send_byte, close_ends},
    {"epoll_pwait2 with signals", open_ends, by_epoll_pwait2_with_signals, send_byte, close_ends},
    {"mutex", lock_mutex, by_mutex, unlock_mutex, nothing},
    {"mutex until", lock_mutex, by_mutex_until, unlock_mutex, nothing},
    {"mutex by a clock", lock_mutex, by_mutex_by_a_clock, unlock_mutex, nothing},
    {"read lock", lock_for_all, by_read_lock, unlock_for_all, nothing},
    {"write lock", lock_for_all, by_write_lock, unlock_for_all, nothing},
    {"semaphore", init_semaphore, by_semaphore, post, nothing},
    {"semaphore until", init_semaphore, by_semaphore_until, post, nothing},
    {"cond", nothing, by_cond, signal_cond, nothing},
    {"cond until", nothing, by_cond_until, signal_cond, nothing},
    {"cond by a clock", nothing, by_cond_by_a_clock, signal_cond, nothing},
    {"join", start_thread, by_join, post, nothing},
    {"nanosleep", nothing, by_nanosleep, tell, nothing},
    {"clock_nanosleep", nothing, by_clock_nanosleep, tell, nothing},
    {"usleep", nothing, by_usleep, tell, nothing},
    {"sleep", nothing, by_sleep, tell, nothing},
};

JNIEXPORT jstring JNICALL NAME(nameOf)(JNIEnv *env, jclass program, jint way) {
  (void)program;
  return way < (jint)(sizeof ways / sizeof *ways) ? (*env)->NewStringUTF(env, ways[way].name) : NULL;
}

JNIEXPORT void JNICALL NAME(prepare)(JNIEnv *env, jclass program, jint way) {
  (void)env, (void)program;
  ways[way].prepare();
}

JNIEXPORT void JNICALL NAME(await)(JNIEnv *env, jclass program, jint way) {
  (void)env, (void)program;
  ways[way].wait();
}

JNIEXPORT void JNICALL NAME(tell)(JNIEnv *env, jclass program, jint way) {
  (void)env, (void)program;
  ways[way].tell();
}

JNIEXPORT void JNICALL NAME(end)(JNIEnv *env, jclass program, jint way) {
  (void)env, (void)program;
  ways[way].end();
}
