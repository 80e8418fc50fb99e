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
  GV_EOWNER = -1, /* the kernel thread that ran this greenlet has ended; it now runs on its own */
  GV_EEXIT = -2,  /* the process is ending; the caller parks for ever and runs no more user code */
  GV_ESPARE = -3, /* this lender is not needed any more; its thread ends */
  GV_EEMPTY = -4, /* no spare lender in the pool */
  GV_ENOMEM = -5, /* out of memory or of address space */
  GV_EINVAL = -6, /* an argument is out of its range */
  GV_ETHREAD = -7 /* the calling thread isn't the one that is to be left */
};

typedef struct gv_greenlet gv_greenlet;
typedef struct gv_family gv_family;

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

/* ---- where the VM is met: jvm.c ---- */

/*
 * Prepares the VM: at its death, after the last shutdown hook, all suspended greenlets are released with GV_EEXIT, so
 * that it needn't wait for them. `env` and `type` are the JNIEnv and jclass of an ordinary JNI call, `thread` is
 * java.lang.Thread.currentThread(). Idempotent; called on
 * every kernel thread that gets a family, where it also blocks the signal that JFR's sampler suspends threads with.
 * Returns GV_EINVAL where the VM lacks what is needed.
 */
GV_API int gv_vm_prepare(void *env, void *type, void *thread);

/* Makes the end of the process fast, and is slow itself: 10 ms. For a thread that has time. Any thread. */
GV_API void gv_exit_prepare(void);

/*
 * Empties the calling thread's ThreadLocals, inheritable ones included. `thread` is java.lang.Thread.currentThread().
 * An ordinary JNI call.
 */
GV_API void gv_vm_forget_locals(void *env, void *type, void *thread);

#ifdef __cplusplus
}
#endif

#endif
