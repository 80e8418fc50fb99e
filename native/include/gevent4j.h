/*
 * gevent4j.h: the whole C API.
 *
 * Greenlets by lending. A lender is a thread that has given its stack and its identity (its TLS block) away and sleeps
 * on a futex; a greenlet is what runs on them. A family is the greenlets that one kernel thread runs, with its own
 * thread as the main one. docs/design.md tells the story; this file is the contract.
 *
 * Thread rule: unless a function says otherwise, it is called on the kernel thread of the family it concerns.
 * Errors: functions that return int return 0 (or a count) or a negative gv_status; nothing sets errno.
 */
#ifndef GEVENT4J_H
#define GEVENT4J_H

#include <stdint.h>

#define GV_VERSION "0.1.0"

#define GV_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/* Why a call failed, or why a greenlet came back without having been switched to. */
enum gv_status {
  GV_OK = 0,
  GV_EOWNER = -1,       /* the kernel thread that ran this greenlet has ended; it now runs on its own */
  GV_EEXIT = -2,        /* the process is ending; the caller parks for ever and runs no more user code */
  GV_ESPARE = -3,       /* this lender is not needed any more; its thread ends */
  GV_EEMPTY = -4,       /* no spare lender in the pool */
  GV_ENOMEM = -5,       /* out of memory or of address space */
  GV_EINVAL = -6,       /* an argument is out of its range */
  GV_ETHREAD = -7,      /* the calling thread isn't the one that is to be left, or that the hub belongs to */
  GV_EUNSUPPORTED = -8, /* this machine or this build doesn't have it */
  GV_EVM = -9,          /* the Java virtual machine needs it itself */
  GV_ESTRAY = -10,      /* a waiting greenlet was switched to by somebody who didn't wake it */
  GV_EHUB = -11,        /* the hub must not wait for itself */
  GV_EIDLE = -12,       /* nothing is left that could ever happen in this hub */
  GV_ETIMEDOUT = -13,   /* the time is up */
  GV_ECLOSED = -14,     /* somebody has closed it */
  GV_EBUSY = -15,       /* somebody else waits for the same */
  GV_ESYSTEM = -1000    /* GV_ESYSTEM - errno: the system refused */
};

/* "EMFILE: Too many open files", or what the status means; for messages. Any thread. */
GV_API const char *gv_status_text(int status);

/* The system's errno of that name, of those that are told apart; 0 of another one. */
GV_API int gv_errno(const char *name);

typedef struct gv_greenlet gv_greenlet;
typedef struct gv_family gv_family;
typedef struct gv_hub gv_hub;
typedef struct gv_watcher gv_watcher;
typedef struct gv_socket gv_socket;
typedef struct gv_address gv_address;
typedef struct gv_datagram gv_datagram;
typedef struct gv_pollset gv_pollset;

/* ---- the library ---- */

/* The version of this library, "major.minor.patch". Any thread. */
GV_API const char *gv_version(void);

/* The versions of the loop libraries that are linked in, "libev 4.33, libuv 1.44.2". Any thread. */
GV_API const char *gv_loop_libraries(void);

/*
 * Which way of switching this process uses: "swap" (stack and identity move to the running kernel thread) or "baton"
 * (each greenlet runs on its own kernel thread, one at a time). Chosen at the first call by the environment variable
 * GEVENT4J_SWITCH, else swap where it can work. Any thread.
 */
GV_API const char *gv_switch_backend(void);

/* Why swap was refused and baton serves in its place; "" where nothing was refused. Any thread. */
GV_API const char *gv_switch_refusal(void);

/* ---- families ---- */

/*
 * A family for the calling kernel thread, whose own thread becomes its main greenlet. It ends with that kernel thread:
 * its suspended greenlets are then released one after the other, each with GV_EOWNER on its own kernel thread, and the
 * last of them frees the family.
 * Returns NULL out of memory.
 */
GV_API gv_family *gv_family_new(void);

/* The main greenlet of a family. */
GV_API gv_greenlet *gv_family_main(gv_family *family);

/* ---- lenders, and the pool of spare ones ---- */

/*
 * A lender for a thread that is about to be started. `slot` is the caller's own number for it (0 or more), given back
 * by gv_pool_take. Any thread. Returns NULL out of memory.
 */
GV_API gv_greenlet *gv_lender_new(int32_t slot);

/*
 * The calling thread lends itself as `self` and sleeps. Returns GV_OK when a greenlet is to be run on its stack, by
 * then on the kernel thread of whoever switched to it; or, on its own kernel thread, the status that it was released
 * with.
 */
GV_API int gv_lend(gv_greenlet *self);

/*
 * As gv_lend, as a spare in the pool. Also returns, at once, GV_ESPARE when there are enough of them, or GV_EEXIT when
 * the process is ending.
 */
GV_API int gv_lend_spare(gv_greenlet *self);

/*
 * The last call of a lender's thread, made on its own kernel thread: leaves the family (and releases the next greenlet
 * of a family whose owner has ended) and frees `self`. Also for a lender whose thread could not be started.
 */
GV_API void gv_lender_free(gv_greenlet *self);

/* Bounds for the number of spare lenders kept warm. Any thread. Returns GV_EINVAL unless 0 <= least <= most. */
GV_API int gv_pool_bounds(int32_t least, int32_t most);

/* How many lenders should be added now so that the next starts find a spare one. Any thread. */
GV_API int gv_pool_wanted(void);

/*
 * Lets the target sink towards `least` if no start missed a spare since the last call, and releases spares above it
 * with GV_ESPARE. Call it about once a second. Any thread. Returns how many were released.
 */
GV_API int gv_pool_trim(void);

/*
 * Takes the spare that was last in use for a greenlet of `family`. Returns its slot, with GV_POOL_LOW added where more
 * spares should be made, or GV_EEMPTY. The greenlet is entered by a first gv_switch.
 */
GV_API int gv_pool_take(gv_family *family);
enum { GV_POOL_LOW = 1 << 30 };

/* Takes a new lender, as soon as it sleeps, for a greenlet of `family`: a start that doesn't go through the pool. */
GV_API void gv_family_adopt(gv_family *family, gv_greenlet *lender);

/* ---- switching ---- */

/*
 * Leaves `from`, which is running, for `to`, which is suspended and of the same family. Returns when somebody switches
 * back: GV_OK, or the status that `from` was released with.
 */
GV_API int gv_switch(gv_greenlet *from, gv_greenlet *to);

/*
 * The end of the greenlet on `from`: as gv_switch, and its lender goes back to the pool (and leaves the family) as soon
 * as nobody stands on its stack. Returns as gv_lend does.
 */
GV_API int gv_finish(gv_greenlet *from, gv_greenlet *to);

/* ---- hubs: a loop, its watchers, and who may run next ---- */

/*
 * A hub over a loop: "libev" or "libuv"; `way` is libev's backend ("epoll", "linuxaio", "iouring", "poll", "select"),
 * or NULL for the library's choice. It belongs to the calling kernel thread. Returns NULL with *status, which is
 * GV_EINVAL for an unknown name, GV_EUNSUPPORTED for one that is not there, or GV_ENOMEM, or GV_ESYSTEM - errno.
 */
GV_API gv_hub *gv_hub_new(const char *loop, const char *way, int32_t *status);

/* Whether gv_hub_new would take them: GV_OK, GV_EINVAL, GV_EUNSUPPORTED. Any thread. */
GV_API int gv_loop_supports(const char *loop, const char *way);

/* Frees a hub and all its watchers. Nobody may wait in it, and no other thread may be in gv_hub_wake. Any thread. */
GV_API void gv_hub_free(gv_hub *hub);

/* The way in use, such as "epoll"; the loop's own descriptor, or -1. */
GV_API const char *gv_hub_way(const gv_hub *hub);
GV_API int gv_hub_fileno(const gv_hub *hub);

/*
 * Makes `runner`, a greenlet of the calling thread's family, the one that runs this hub; from now on greenlets of the
 * family can wait in it. When the kernel thread ends, the runner is the last greenlet to be released. Returns GV_EINVAL
 * if the family has another hub. gv_hub_detach is for a hub that is closed while its thread goes on.
 */
GV_API int gv_hub_attach(gv_hub *hub, gv_greenlet *runner);
GV_API void gv_hub_detach(gv_hub *hub);

enum { GV_RUN_ALL = 0, GV_RUN_ONCE = 1, GV_RUN_NOWAIT = 2, GV_RUN_BEGIN = 4 };

/*
 * Runs the hub: lets greenlets run, and polls, until there is work for Java. Called by the runner, or by the thread of
 * a hub that has none. Returns how many entries of gv_hub_batch are to be carried out before the next call; or, as
 * `mode` has it, 0 at the end of its turn (whose first call adds GV_RUN_BEGIN); GV_EIDLE; GV_EOWNER or GV_EEXIT, with
 * which the runner was released.
 */
GV_API int gv_hub_run(gv_hub *hub, int mode);

/*
 * Where gv_hub_run leaves its work: pairs of int32_t. A watcher's number and its events; or GV_BATCH_CALLBACKS and how
 * many of those announced by gv_hub_callbacks are due; or GV_BATCH_INBOX, and 0.
 */
GV_API int32_t *gv_hub_batch(gv_hub *hub);
enum { GV_BATCH_CALLBACKS = -1, GV_BATCH_INBOX = -2, GV_BATCH_MAX = 64 };

/*
 * Puts `count` callbacks of Java at the end of the ready queue; 0 only asks whether the caller may. Returns GV_OK,
 * GV_ENOMEM, GV_ETHREAD.
 */
GV_API int gv_hub_callbacks(gv_hub *hub, int count);

/* Has GV_BATCH_INBOX come up in the hub, and wakes it if it sleeps. Any thread. */
GV_API void gv_hub_wake(gv_hub *hub);

/* The time of the last poll, ns of CLOCK_MONOTONIC; and of now, which it becomes. */
GV_API int64_t gv_hub_now(const gv_hub *hub);
GV_API int64_t gv_hub_update_now(gv_hub *hub);

/* How often the hub has polled; how many watchers are active; how many entries wait in the ready queue. */
GV_API int64_t gv_hub_iteration(const gv_hub *hub);
GV_API int gv_hub_active_count(const gv_hub *hub);
GV_API int gv_hub_pending_count(gv_hub *hub);

/* What keeps the hub from being idle; `by` may be negative. Returns the sum: active watchers, sleepers, and what was
 * added here. */
GV_API int gv_hub_ref(gv_hub *hub, int by);

/* How long the loop may go unasked, in ns, while greenlets are ready: 100,000 unless set; then until as many have run
 * as the loop had news for. GV_EINVAL if it is negative. */
GV_API int gv_hub_set_interval(gv_hub *hub, int64_t ns);

/* ---- greenlets in a hub. `self` is the calling greenlet ---- */

/*
 * Suspends the caller until gv_hub_ready. Returns GV_OK; GV_ESTRAY if somebody switched to it otherwise, who may have
 * left something to be thrown; GV_EHUB for the runner; GV_ETHREAD; or the status that it was released with.
 */
GV_API int gv_hub_wait(gv_hub *hub, gv_greenlet *self);

/* As gv_hub_wait, but ready at once: the others get their turn. */
GV_API int gv_hub_yield(gv_hub *hub, gv_greenlet *self);

/* As gv_hub_wait, until `ns` from now or gv_hub_ready. Without `ref` it doesn't keep the hub from being idle. */
GV_API int gv_hub_sleep(gv_hub *hub, gv_greenlet *self, int64_t ns, int ref);

/* As gv_hub_wait, until the watcher, which isn't started, has news; starts and stops it. Returns its events, or as
 * gv_hub_wait. */
GV_API int gv_hub_wait_for(gv_hub *hub, gv_greenlet *self, gv_watcher *watcher);

/* Lets a waiting greenlet run, after those that are ready already. Returns 1; or 0 if it doesn't wait; or GV_ETHREAD.
 */
GV_API int gv_hub_ready(gv_hub *hub, gv_greenlet *greenlet);

/* As gv_hub_ready, but before those that are ready: it goes on where the caller switches out. */
GV_API int gv_hub_ready_next(gv_hub *hub, gv_greenlet *greenlet);

/*
 * Where a greenlet can be left, as a number, to be made ready as by gv_hub_ready, or with GV_POST_NEXT added as by
 * gv_hub_ready_next, without a call: before anything else that concerns the order. There is room for one, as long as
 * it reads 0; the thread of the hub, with a greenlet that waits in it. Valid until gv_hub_free.
 */
GV_API int64_t *gv_hub_post(gv_hub *hub);
enum { GV_POST_NEXT = 1 };

/* Whether it has a runner; and the slot of some greenlet but main that waits in it, or GV_EEMPTY. Its thread. */
GV_API int gv_hub_has_runner(const gv_hub *hub);
GV_API int32_t gv_hub_waiting(const gv_hub *hub);

/* Whether a suspended greenlet waits in a hub. The thread of its family. */
GV_API int gv_hub_waits(const gv_greenlet *greenlet);

/*
 * The caller, not the main greenlet, goes on upon its own kernel thread while the hub runs the others; and comes back,
 * after which it runs in the hub again. Each returns GV_OK, GV_EINVAL for main, GV_EHUB, GV_ETHREAD, or a release.
 */
GV_API int gv_hub_leave(gv_hub *hub, gv_greenlet *self);
GV_API int gv_hub_return(gv_hub *hub, gv_greenlet *self);

/* How many threads of others' making are greenlets of this hub, which can't be closed as long as they are. */
GV_API int gv_hub_guests(const gv_hub *hub);

/* ---- watchers. The thread of the hub, unless said otherwise; all that return int may return GV_ETHREAD ---- */

enum gv_kind { GV_IO, GV_TIMER, GV_ASYNC, GV_SIGNAL, GV_CHILD, GV_STAT, GV_IDLE, GV_PREPARE, GV_CHECK, GV_FORK };
enum { GV_READ = 1, GV_WRITE = 2, GV_ERROR = 4, GV_TIMEOUT = 256 };
enum { GV_PRIORITY_MIN = -2, GV_PRIORITY_MAX = 2 };

/* A watcher, stopped; `number` names it in the batch. Returns NULL out of memory. */
GV_API gv_watcher *gv_watcher_new(gv_hub *hub, int kind, int32_t number);
GV_API void gv_watcher_free(gv_watcher *watcher);

/* What to watch; while it is stopped. They return GV_EINVAL where the value makes no sense or the kind is another. */
GV_API int gv_watcher_set_io(gv_watcher *watcher, int fd, int events);
GV_API int gv_watcher_set_timer(gv_watcher *watcher, int64_t after_ns, int64_t repeat_ns);
GV_API int gv_watcher_set_signal(gv_watcher *watcher, int number); /* also GV_EVM */
GV_API int gv_watcher_set_child(gv_watcher *watcher, int32_t pid);
GV_API int gv_watcher_set_stat(gv_watcher *watcher, const char *path, int64_t interval_ns); /* also GV_ENOMEM */

/* -2 to 2: those of a higher one are carried out first, among what came with one poll. While it is stopped. */
GV_API int gv_watcher_set_priority(gv_watcher *watcher, int priority);

/* Whether it keeps the hub from being idle while it is active; it does, unless set otherwise. */
GV_API int gv_watcher_set_ref(gv_watcher *watcher, int ref);

/* Starts it; harmless if it is active. GV_ESYSTEM - errno where the system refuses. */
GV_API int gv_watcher_start(gv_watcher *watcher);
/* Stops it, and takes back what is pending. */
GV_API int gv_watcher_stop(gv_watcher *watcher);
/* Restarts a timer to fire `repeat` from now, or stops it if that is 0. */
GV_API int gv_watcher_again(gv_watcher *watcher);
/* Has an async fire, once for any number of calls. Any thread, while nobody frees it. */
GV_API void gv_watcher_send(gv_watcher *watcher);
/* Has any active watcher fire with these events. */
GV_API int gv_watcher_feed(gv_watcher *watcher, int events);

GV_API int gv_watcher_is_active(const gv_watcher *watcher);
GV_API int gv_watcher_is_pending(const gv_watcher *watcher);

/* When a timer is due, ns of CLOCK_MONOTONIC. */
GV_API int64_t gv_watcher_at(const gv_watcher *watcher);

/* What waitid said of a child: an exit code, or -1 minus the signal that killed it; GV_STATUS_UNKNOWN if its parent was
 * faster. */
GV_API int32_t gv_watcher_child_status(const gv_watcher *watcher);
enum { GV_STATUS_UNKNOWN = -1000000 };

/* Of a stat watcher's file now (0) or before (1): field by field. Times in ns. 0 for a file that isn't there. */
enum gv_stat_field {
  GV_STAT_LINKS, /* 0: there is no such file */
  GV_STAT_SIZE,
  GV_STAT_MODE,
  GV_STAT_INODE,
  GV_STAT_DEVICE,
  GV_STAT_USER,
  GV_STAT_GROUP,
  GV_STAT_ACCESSED,
  GV_STAT_MODIFIED,
  GV_STAT_CHANGED
};
GV_API int64_t gv_watcher_stat(const gv_watcher *watcher, int before, int field);

/* The number of "SIGTERM" or "TERM", or GV_EINVAL; and whether it may be watched: GV_OK, GV_EINVAL, GV_EVM. Any thread.
 */
GV_API int gv_signal_number(const char *name);
GV_API int gv_signal_check(int number);

/* From now on the calling kernel thread runs on these processors only, and so do those that it starts. GV_EINVAL if
 * they aren't there; GV_EUNSUPPORTED. */
GV_API int gv_thread_pin(const int32_t *cpus, int count);

/* ---- sockets: what doesn't wait. Any thread ---- */

enum { GV_INET = 4, GV_INET6 = 6, GV_UNIX = 1 };
enum { GV_STREAM = 1, GV_DATAGRAM = 2 };

/* An address: of IP with 4 or 16 bytes, in network order; or of a unix socket, its path, which needs no 0 at the end.
 */
struct gv_address {
  int32_t family; /* 0: none */
  int32_t port;
  int32_t scope; /* of IPv6: the number of an interface */
  int32_t length;
  uint8_t bytes[112];
};

/* A datagram, or bytes of a connection, of a socket's greenlets, who fill it in before a call and read it after. */
struct gv_datagram {
  void *memory;            /* where its bytes are, or come to */
  int64_t size;            /* how many there are, or have room; afterwards, how many were sent */
  int64_t arrived;         /* ns since 1970, 0 where it isn't known */
  int64_t arrived_at_card; /* by the network card's clock */
  gv_address address;      /* to whom, no family: the peer; or from whom */
};

enum gv_option {
  GV_SO_REUSEADDR,
  GV_SO_REUSEPORT,
  GV_SO_KEEPALIVE,
  GV_SO_BROADCAST,
  GV_SO_OOBINLINE,
  GV_SO_SNDBUF,
  GV_SO_RCVBUF,
  GV_SO_LINGER, /* seconds; negative: off */
  GV_SO_TYPE,
  GV_SO_ACCEPTCONN, /* whether it listens; to be read only */
  GV_SO_ERROR,
  GV_SO_BUSY_POLL, /* us */
  GV_SO_PRIORITY,
  GV_SO_INCOMING_CPU,
  GV_SO_TIMESTAMPING, /* whether it is said when datagrams, or bytes of TCP, arrived */
  GV_TCP_NODELAY,
  GV_TCP_QUICKACK,
  GV_TCP_KEEPIDLE,  /* s */
  GV_TCP_KEEPINTVL, /* s */
  GV_TCP_KEEPCNT,
  GV_TCP_USER_TIMEOUT, /* ms */
  GV_TCP_FASTOPEN,     /* how many */
  GV_TCP_DEFER_ACCEPT, /* s */
  GV_IP_TOS,
  GV_IP_MULTICAST_TTL,
  GV_IP_MULTICAST_LOOP,
  GV_IPV6_V6ONLY
};

/* New descriptors, non-blocking, that aren't inherited: one; and two that are connected with each other. */
GV_API int gv_socket_open(int family, int type);
GV_API int gv_socket_pair(int type, int32_t *pair);

/* As the system calls of these names. `how` is GV_READ, GV_WRITE or both. */
GV_API int gv_socket_bind(gv_socket *socket, const gv_address *address);
GV_API int gv_socket_listen(gv_socket *socket, int backlog);
GV_API int gv_socket_shutdown(gv_socket *socket, int how);

/* How many bytes of a connection can be read at once. */
GV_API int gv_socket_available(gv_socket *socket);

/* Sends one byte of urgent data, as send(2) with MSG_OOB does; GV_ESYSTEM - EAGAIN where there is no room for it. */
GV_API int gv_socket_send_urgent(gv_socket *socket, int byte);

/* Of datagrams: there is no peer any more. Its own port stays; another socket may get it just then: EADDRINUSE. */
GV_API int gv_socket_disconnect(gv_socket *socket);

/* Joins or leaves a group, of all senders or (not NULL) of one, on an interface; 0: the system's choice. */
GV_API int gv_socket_group(gv_socket *socket, int joins, int interface, const gv_address *group,
                           const gv_address *source);

/* Which interface datagrams to groups are sent by. `family` is the socket's. */
GV_API int gv_socket_group_interface(gv_socket *socket, int family, int interface);

/* Its own address, or that of its peer. */
GV_API int gv_socket_name(gv_socket *socket, int peer, gv_address *address);

/* Whether this system has an option, of gv_option. */
GV_API int gv_option_known(int option);

/* An option, of gv_option; GV_EUNSUPPORTED where the system, or that kind of socket, has none of that name. */
GV_API int gv_socket_set_option(gv_socket *socket, int option, int value);
GV_API int gv_socket_get_option(gv_socket *socket, int option, int32_t *value);

/*
 * ---- sockets whose calls wait ----
 * `hub` is the caller's, `self` the caller; both are NULL for who isn't a greenlet in a hub: he waits in poll(2). `ns`
 * is for how long at most, negative: as long as it takes. Two may use one socket at a time, for reading and for
 * writing. They return what the system call of that name does, or a negative status: GV_ESYSTEM - errno,
 * GV_ETIMEDOUT, GV_ECLOSED, GV_EBUSY, or as gv_hub_wait. Any thread, unless said otherwise.
 */

/* Takes over an open descriptor and makes it non-blocking; NULL with *status. */
GV_API gv_socket *gv_socket_new(int fd, int32_t *status);

/* Makes a hub, the calling thread's, the one in which waiting for it is cheap. GV_EINVAL if it has one; GV_ETHREAD. */
GV_API int gv_socket_settle(gv_hub *hub, gv_socket *socket);

/* Closes it, on the thread of that hub unless that is gone; the descriptor itself as soon as nobody uses it. */
GV_API void gv_socket_close(gv_socket *socket);

/* After that, wakes who waits for it in this hub, another one, on its thread; or with NULL, who waits in none. */
GV_API void gv_socket_wake(gv_hub *hub, gv_socket *socket);

/* Who waits for it in this hub, whose thread calls, tries again: something has changed of which the loop says nothing.
 */
GV_API int gv_socket_retry(gv_hub *hub, gv_socket *socket);

/* Whether who waits for it from now on keeps a hub from being idle; at first he does. */
GV_API void gv_socket_set_ref(gv_socket *socket, int ref);

/* Frees a closed one that nobody knows any more. */
GV_API void gv_socket_free(gv_socket *socket);

GV_API int64_t gv_socket_read(gv_hub *hub, gv_greenlet *self, gv_socket *socket, void *memory, int64_t size,
                              int64_t ns);
GV_API int64_t gv_socket_write(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const void *memory, int64_t size,
                               int64_t ns);
/* The same, which also says when the last of these bytes arrived, where GV_SO_TIMESTAMPING is on. */
GV_API int64_t gv_socket_read_timed(gv_hub *hub, gv_greenlet *self, gv_socket *socket, gv_datagram *bytes, int64_t ns);
/* As writev: `pieces` are `count` pairs of an address and a size, at most GV_PIECES_MAX. */
GV_API int64_t gv_socket_write_pieces(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const void *pieces, int count,
                                      int64_t ns);
enum { GV_PIECES_MAX = 64 };
GV_API int64_t gv_socket_send_file(gv_hub *hub, gv_greenlet *self, gv_socket *socket, int file, int64_t offset,
                                   int64_t size, int64_t ns);
/* A descriptor, and its peer's address, which the system forgets when that breaks off. */
GV_API int gv_socket_accept(gv_hub *hub, gv_greenlet *self, gv_socket *socket, gv_address *from, int64_t ns);
GV_API int gv_socket_connect(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const gv_address *address, int64_t ns);

/* Receives or sends the whole of a datagram; what doesn't fit is lost. Return how many bytes. */
GV_API int64_t gv_socket_receive_from(gv_hub *hub, gv_greenlet *self, gv_socket *socket, gv_datagram *datagram,
                                      int64_t ns);
GV_API int64_t gv_socket_send_to(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const gv_datagram *datagram,
                                 int64_t ns);

/* Waits for GV_READ or GV_WRITE: GV_OK. */
GV_API int gv_socket_wait(gv_hub *hub, gv_greenlet *self, gv_socket *socket, int events, int64_t ns);

/* A descriptor of a file to be read, and its end. */
GV_API int gv_file_open(const char *path);
GV_API void gv_file_close(int fd);

/* Waits for GV_READ, GV_WRITE or both of any descriptor; returns which. */
GV_API int gv_descriptor_wait(gv_hub *hub, gv_greenlet *self, int fd, int events, int64_t ns);
/* ---- many descriptors at once. Any thread, one at a time ---- */

enum { GV_POLLIN = 1, GV_POLLPRI = 2, GV_POLLOUT = 4, GV_POLLERR = 8, GV_POLLHUP = 16, GV_POLLNVAL = 32 };

/*
 * poll(2). `list` has for each of `count` descriptors its number, what to look for, and a place for what is found.
 * Waits on the calling kernel thread until something is, or `ns` from now; negative: as long as it takes. Returns how
 * many have something, 0, GV_ENOMEM, or GV_ESYSTEM - errno.
 */
GV_API int gv_poll(int32_t *list, int count, int64_t ns);

/* A set of descriptors, which is a descriptor itself: readable while one of them has news. NULL: *status says why. */
GV_API gv_pollset *gv_pollset_new(int32_t *status);
GV_API void gv_pollset_free(gv_pollset *set);
GV_API int gv_pollset_fileno(const gv_pollset *set);

/* To wait for the set in a hub, by gv_socket_wait for GV_READ and by nothing else: GV_EINVAL for who is in none, and
 * has gv_pollset_poll. NULL: *status says why. */
GV_API gv_socket *gv_pollset_socket(const gv_pollset *set, int32_t *status);

/* What to look for at a descriptor: what was asked `before`, 0 if it wasn't in the set; 0 takes it out. Errors and
 * hang-ups are told of any that is in. Returns GV_OK or GV_ESYSTEM - errno. */
GV_API int gv_pollset_watch(gv_pollset *set, int fd, int before, int events);

/* Waits as gv_poll does. Returns the number of pairs in gv_pollset_news, of a descriptor and what it has; -1 in place
 * of a descriptor: somebody has called gv_pollset_wake. Those that find no room come first next time. */
GV_API int gv_pollset_poll(gv_pollset *set, int64_t ns);
GV_API int32_t *gv_pollset_news(gv_pollset *set);
enum { GV_POLLSET_NEWS = 1024 };

/* Ends the poll of another thread; or the next one, if there is none. Any thread at any time. */
GV_API void gv_pollset_wake(gv_pollset *set);

/* ---- names and addresses: what the system knows of them. These block, like its own calls. Any thread ---- */

typedef struct gv_answer gv_answer;

/* Linux's numbers, on every system. */
enum { GV_AF_UNSPEC = 0, GV_AF_INET = 2, GV_AF_INET6 = 10 };
enum { GV_SOCK_STREAM = 1, GV_SOCK_DGRAM = 2, GV_SOCK_RAW = 3 };
enum {
  GV_AI_PASSIVE = 0x1,
  GV_AI_CANONNAME = 0x2,
  GV_AI_NUMERICHOST = 0x4,
  GV_AI_V4MAPPED = 0x8,
  GV_AI_ALL = 0x10,
  GV_AI_ADDRCONFIG = 0x20,
  GV_AI_NUMERICSERV = 0x400,
  GV_AI_KNOWN = 0x43f
};
enum {
  GV_NI_NUMERICHOST = 1,
  GV_NI_NUMERICSERV = 2,
  GV_NI_NOFQDN = 4,
  GV_NI_NAMEREQD = 8,
  GV_NI_DGRAM = 16,
  GV_NI_KNOWN = 31
};

/*
 * Each returns an answer, which the caller frees; NULL out of memory. Its bytes are int32_t of this machine's order,
 * and strings: an int32_t of length, or -1 for none, and so many bytes.
 *   addresses    for each: family, socket type, protocol, port, scope, the address and the canonical name as strings
 *   host         name, number of aliases, aliases, family, number of addresses, addresses: all but the numbers strings
 *   name         host, service
 * An address in it is 4 or 16 bytes. Where the status isn't 0, it is one string, which says why.
 */
GV_API gv_answer *gv_lookup_addresses(const char *host, const char *service, int family, int type, int protocol,
                                      int flags);
GV_API gv_answer *gv_lookup_host(const char *name);
GV_API gv_answer *gv_lookup_host_of(const int8_t *address, int size);
GV_API gv_answer *gv_lookup_name(const int8_t *address, int size, int32_t scope, int port, int flags);

enum gv_lookup {
  GV_LOOKUP_OK = 0,
  GV_LOOKUP_UNKNOWN, /* there is no such name */
  GV_LOOKUP_AGAIN,   /* nobody who could know has answered */
  GV_LOOKUP_FAILED,  /* anything else */
  GV_LOOKUP_CLOSED,  /* the request was cancelled */
  GV_LOOKUP_NOMEM
};
GV_API int gv_answer_status(const gv_answer *answer);
GV_API int gv_answer_size(const gv_answer *answer);
/* Copies its bytes. */
GV_API void gv_answer_copy(const gv_answer *answer, int8_t *to);
GV_API void gv_answer_free(gv_answer *answer);

/* ---- names and addresses: c-ares, which never blocks. One thread at a time ---- */

typedef struct gv_resolver gv_resolver;

/*
 * A resolver. `servers` are IP addresses with commas between, each with or without a port ("10.0.0.53,[::1]:5353");
 * `timeout_ms` is for the first try, c-ares doubles it for each other one; `flags` are ARES_FLAG_... of ares.h. -1, and
 * NULL for the servers, leaves the choice to c-ares and the system's settings. Returns NULL with *status, which is
 * GV_ENOMEM, GV_EINVAL for servers that are none, or GV_EUNSUPPORTED where c-ares can't start.
 */
GV_API gv_resolver *gv_resolver_new(const char *servers, int timeout_ms, int tries, int ndots, int udp_port,
                                    int tcp_port, int flags, int32_t *status);
/* With its requests and descriptors, which nobody may watch any more. */
GV_API void gv_resolver_free(gv_resolver *resolver);
/* The version of c-ares that is linked in. Any thread. */
GV_API const char *gv_resolver_version(void);

/*
 * Each asks, and returns the number of the request, which may be finished already; or GV_ENOMEM. The answers are as
 * those of gv_lookup_..., but types, protocols and ports are 0.
 */
GV_API int64_t gv_resolver_addresses(gv_resolver *resolver, const char *host, int family, int flags);
GV_API int64_t gv_resolver_host(gv_resolver *resolver, const char *name);
GV_API int64_t gv_resolver_host_of(gv_resolver *resolver, const int8_t *address, int size);
GV_API int64_t gv_resolver_name(gv_resolver *resolver, const int8_t *address, int size, int32_t scope, int port,
                                int flags);

/*
 * After each of the calls here the caller asks what has changed: a descriptor, plus 2^32 times the events it is to be
 * watched for from now on (GV_READ, GV_WRITE; 0: no more); -1 when there is nothing. A descriptor that isn't watched
 * any more may be closed by the next call.
 */
GV_API int64_t gv_resolver_change(gv_resolver *resolver);
/* In how many ns gv_resolver_process is to be called even if there are no events; -1: never. */
GV_API int64_t gv_resolver_timeout(gv_resolver *resolver);
/* These events have come for a descriptor; -1: none, but time has passed. */
GV_API void gv_resolver_process(gv_resolver *resolver, int fd, int events);
/* The answer to some request that is finished, which the caller frees; or NULL. And the number of the request. */
GV_API gv_answer *gv_resolver_take(gv_resolver *resolver);
GV_API int64_t gv_answer_request(const gv_answer *answer);
/* How many requests aren't finished; has them all finish, as closed. */
GV_API int gv_resolver_pending(const gv_resolver *resolver);
GV_API void gv_resolver_cancel(gv_resolver *resolver);

/*
 * ---- monkey patching: what blocks in the libraries of others waits in the hub. Any thread ----
 * The functions of the C library that the JDK's own libraries call are replaced by ours, library by library. Who is no
 * greenlet of a hub gets what he got before. An errno is as the real call would leave it.
 */

enum gv_patch {
  GV_PATCH_SOCKET = 1,      /* calls that read, write, connect or accept, and poll */
  GV_PATCH_SELECT = 2,      /* epoll_wait, and poll of several descriptors */
  GV_PATCH_DNS = 4,         /* getaddrinfo and getnameinfo */
  GV_PATCH_TIME = 8,        /* Thread.sleep */
  GV_PATCH_THREAD = 16,     /* park, monitors, wait, join, yield; a Thread that is started is a greenlet */
  GV_PATCH_SUBPROCESS = 32, /* pipes */
  GV_PATCH_STDIN = 64,      /* descriptor 0, and terminals */
  GV_PATCH_FILES = 128,     /* regular files: on a kernel thread of their own */
  GV_PATCH_LIBRARIES = 256, /* native libraries that are loaded from now on, but for the JDK's: as gv_patch_library */
  GV_PATCH_ALL = 511
};

/* Turns these on, which may be on already. Returns what is on now, or GV_EINVAL, GV_ENOMEM, GV_EUNSUPPORTED, or
 * GV_ESYSTEM - errno, and then nothing has changed. The library is never unloaded after that. */
GV_API int gv_patch(int what);

/* Turns these off. When nothing is on, each slot has the value that it had. */
GV_API int gv_unpatch(int what);

/* What is on. */
GV_API int gv_patched(void);

/* Does the same, now and later, to a library that is loaded, such as "libfoo.so", by its file's name or its path.
 * Its locks, conditions and sleeps are waited for on the greenlet's own kernel thread. Returns how many of its slots
 * were found; GV_EINVAL if it isn't loaded. */
GV_API int gv_patch_library(const char *name);

/* Who asks for a greenlet with GV_PATCH_DNS, from now on. The rest is for c-ares, as in gv_resolver_new. GV_OK;
 * GV_EINVAL for another number; or as that one fails. Unless it is GV_OK nothing has changed. Any thread. */
enum gv_names {
  GV_NAMES_AWAY,  /* the C library, on the greenlet's own kernel thread: so it is at first */
  GV_NAMES_BLOCK, /* the C library, on the hub's */
  GV_NAMES_ARES   /* c-ares, on the hub's loop */
};
GV_API int gv_patch_names(int who, const char *servers, int timeout_ms, int tries, int ndots, int udp_port,
                          int tcp_port, int flags);

/* What is known of the slots, each a function that a library calls: so many, from the first gv_patch on, and of each
 * the library, the function, which of gv_patch it serves, and its state. NULL and GV_EINVAL where there is no such row.
 */
enum gv_slot {
  GV_SLOT_FREE,    /* known, and as it was */
  GV_SLOT_PATCHED, /* ours is called */
  GV_SLOT_MISSING, /* this library doesn't call that function */
  GV_SLOT_FOREIGN, /* it leads neither to the C library nor to us: left alone */
  GV_SLOT_UNLOADED /* the library is not loaded */
};
GV_API int gv_slot_count(void);
GV_API const char *gv_slot_library(int row);
GV_API const char *gv_slot_symbol(int row);
GV_API int gv_slot_patch(int row);
GV_API int gv_slot_state(int row);

/* ---- where the VM is met: jvm.c ---- */

/*
 * Prepares the VM: at its death, after the last shutdown hook, all suspended greenlets are released with GV_EEXIT, so
 * that it needn't wait for them. `env` and `type` are the JNIEnv and jclass of an ordinary JNI call, `thread` is
 * java.lang.Thread.currentThread(). Idempotent; called on
 * every kernel thread that gets a family, where it also blocks the signal that JFR's sampler suspends threads with.
 * Returns GV_EINVAL where the VM lacks what is needed.
 */
GV_API int gv_vm_prepare(void *env, void *type, void *thread);

/*
 * Each thread of the process passes a full fence, wherever it is: the dear side of a pair of which the other has none.
 * GV_OK, or GV_EINVAL where the system can't. 20 us; the first time 10 ms. Any thread.
 */
GV_API int gv_fence_all(void);

/* Makes the end of the process fast, and is slow itself: 10 ms. For a thread that has time. Any thread. */
GV_API void gv_exit_prepare(void);

/*
 * Empties the calling thread's ThreadLocals, inheritable ones included. `thread` is java.lang.Thread.currentThread().
 * An ordinary JNI call.
 */
GV_API void gv_vm_forget_locals(void *env, void *type, void *thread);

/* Where the memory of a java.nio.ByteBuffer begins; NULL if it isn't a direct one. An ordinary JNI call. */
GV_API void *gv_vm_buffer(void *env, void *type, void *buffer);
/*
 * What a selector needs of java.nio.channels.SelectableChannel and only the JDK's own selectors are given: the
 * descriptor of a `channel`, or GV_EUNSUPPORTED where it isn't the JDK's; and, once a closed one is registered with no
 * selector any more, the end of that descriptor, where the JDK's method may throw. Ordinary JNI calls.
 */
GV_API int gv_vm_channel_fd(void *env, void *type, void *channel);
GV_API void gv_vm_channel_kill(void *env, void *type, void *channel);

/*
 * Adds the SelectorProvider that the JDK would use if nobody chose another to `list`, a java.util.ArrayList. Returns
 * GV_OK or GV_EUNSUPPORTED. An ordinary JNI call, in which Java may throw.
 */
GV_API int gv_vm_selector_provider(void *env, void *type, void *list);

/*
 * ---- threads as greenlets ----
 * With GV_PATCH_THREAD, each thread that the program starts, but for those that serve the JDK or the VM, is a greenlet
 * of one of these hubs, in turn, from before its first line to after its last one. Its own kernel thread sleeps
 * meanwhile; all that the VM promises of a thread stays true.
 */

/* GV_ENOMEM: there are 256 already. To be removed before its end, which waits until no thread is its greenlet. Any
 * thread. */
GV_API int gv_threads_add_hub(gv_hub *hub);
GV_API void gv_threads_remove_hub(gv_hub *hub);

/* The calling `thread` becomes such a greenlet; it must not be one, nor have a family. GV_EEMPTY: no hub was added. An
 * ordinary JNI call. */
GV_API int gv_vm_threads_join(void *env, void *type, void *thread);

/*
 * The calling thread, if it is such a greenlet, which from then on isn't away; and its hub. Else NULL. One that is held
 * stays valid until it is released, even when it has ended, which means that the thread is none any more.
 */
GV_API gv_greenlet *gv_threads_self(void);
GV_API gv_greenlet *gv_threads_hold(void);
GV_API void gv_threads_release(gv_greenlet *guest);
GV_API int gv_threads_ended(gv_greenlet *guest);
GV_API gv_hub *gv_threads_hub(const gv_greenlet *guest);

/*
 * Once, when GV_PATCH_THREAD or GV_PATCH_TIME is on: prepare; then two threads, numbers 0 and 1, let the VM show on
 * which conditions they wait, by calling learn before each of LockSupport.parkNanos, parkUntil, Thread.sleep and
 * Object.wait, 0 to 3, and with 4 and more, as that number less 4 says how often it has parked since; then learn with a
 * `sample` of 2. Where a VM is not as expected that returns GV_EUNSUPPORTED, and
 * greenlets that park or sleep block as threads do. Watch says whether threads that are started become greenlets.
 * Ordinary JNI calls.
 */
GV_API int gv_vm_threads_prepare(void *env, void *type, void *thread);
GV_API int gv_vm_threads_learn(void *env, void *type, void *thread, int sample, int which);
GV_API int gv_vm_threads_watch(void *env, void *type, void *thread, int on);

/* What of the VM's own leads to us, for the sake of such greenlets: where it isn't as expected, it was left alone. */
enum gv_bound {
  GV_BOUND_YIELD = 1,      /* Thread.yield */
  GV_BOUND_SLEEP = 2,      /* Thread.sleep for no time */
  GV_BOUND_PARK = 4,       /* LockSupport.park, unpark, and Thread.interrupt */
  GV_BOUND_PROCESSORS = 8, /* Runtime.availableProcessors */
  GV_BOUND_MONITORS = 16   /* whoever comes to a monitor that is held, once gv_vm_threads_watch was called */
};
GV_API int gv_vm_bound(void);

/*
 * To be called again and again, some milliseconds apart, by a thread that is none of them: one that has run since the
 * last call, and nobody else in its hub, goes on upon its own kernel thread until it next waits. An ordinary JNI call.
 */
GV_API void gv_vm_threads_relieve(void *env, void *type, void *thread);

/*
 * Whether a greenlet waits in a function that is patched, where no switch reaches it; the thread of its hub. There
 * something can be thrown in its `thread`, which comes of it once the wait is ended: GV_OK or GV_EUNSUPPORTED.
 */
GV_API int gv_hub_waits_inside(const gv_greenlet *greenlet);
GV_API int gv_hub_end_wait(gv_greenlet *greenlet);
GV_API int gv_vm_throw(void *env, void *type, void *thread, void *thrown);

#ifdef __cplusplus
}
#endif

#endif
