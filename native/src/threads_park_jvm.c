/*
 * threads_park_jvm.c: LockSupport's park and unpark, and Thread.interrupt, for threads that are greenlets. The VM's own
 * would do, as its waits are patched, but takes most of a hand-off: permit.h has the permit instead, and here is
 * what else the VM's park does. Whoever is no greenlet, and whoever has to park as threads do, goes on to the VM's.
 */
#include "interpose.h"
#include "permit.h"
#include "threads.h"

#include <dlfcn.h>
#include <jni.h>
#include <jvmti.h>
#include <string.h>

/* ---- what the VM has ---- */

typedef void JNICALL park_function(JNIEnv *env, jobject unsafe, jboolean absolute, jlong time);
typedef void JNICALL unpark_function(JNIEnv *env, jobject unsafe, jobject thread);

static park_function *vm_park;
static unpark_function *vm_unpark;
static void(JNICALL *vm_interrupt)(JNIEnv *env, jobject thread);
static void(JNICALL *vm_stop)(JNIEnv *env, jobject thread, jobject thrown);

static bool bound;              /* all of it is as expected, and ours is called */
static jfieldID thread_address; /* java.lang.Thread.eetop */
static jfieldID interrupted;    /* java.lang.Thread.interrupted */
static jfieldID holder;         /* java.lang.Thread.holder; NULL: the thread has its state itself */
static jfieldID thread_state;   /* threadStatus */

/* What Thread.getState is made from, and the VM tells debuggers. */
enum {
  RUNS = JVMTI_THREAD_STATE_ALIVE | JVMTI_THREAD_STATE_RUNNABLE,
  PARKS = JVMTI_THREAD_STATE_ALIVE | JVMTI_THREAD_STATE_WAITING | JVMTI_THREAD_STATE_PARKED,
  PARKS_FOREVER = PARKS | JVMTI_THREAD_STATE_WAITING_INDEFINITELY,
  PARKS_FOR_A_WHILE = PARKS | JVMTI_THREAD_STATE_WAITING_WITH_TIMEOUT,
};

/* ---- a thread's state ---- */

/*
 * It takes as long to write as a switch does, and from elsewhere nobody can tell a thread that waits from one that is
 * about to. So it is written when the hub polls next, or goes on with one who is no guest; of those that are woken
 * earlier, never.
 */

static JavaVM *java;

static void set_state(JNIEnv *env, struct permit *own, jint state) {
  (*env)->SetIntField(env, own->state_of, thread_state, state);
}

static void show(struct queue *unshown) {
  JNIEnv *env;
  if ((*java)->GetEnv(java, (void **)&env, JNI_VERSION_1_8) != JNI_OK)
    return;
  while (!queue_is_empty(unshown)) {
    struct permit *permit = queue_entry(unshown->next, struct permit, unshown);
    queue_remove(&permit->unshown);
    set_state(env, permit, permit->state);
    permit->shown = true;
  }
}

/* Before it waits in the hub, and after. */
static void begin_quietly(struct gv_hub *hub, struct permit *own, jint state) {
  own->state = state;
  own->shown = false;
  queue_push_last(&hub->unshown, &own->unshown);
}

static void end_quietly(JNIEnv *env, struct permit *own) {
  if (own->shown)
    set_state(env, own, RUNS);
  else
    queue_remove(&own->unshown);
}

/* ---- in their place ---- */

static void park_alone(JNIEnv *env, jobject unsafe, jboolean absolute, jlong time, struct permit *own) {
  if (!permit_begin_alone(own))
    return;
  vm_park(env, unsafe, absolute, time);
  permit_end_alone(own);
}

static void park_in_hub(JNIEnv *env, jboolean absolute, jlong time, struct permit *own, struct gv_greenlet *self) {
  begin_quietly(self->family->hub, own, time == 0 ? PARKS_FOREVER : PARKS_FOR_A_WHILE);
  ++*own->waits;
  int64_t ns = !absolute ? time : time > INT64_MAX / 1000000 ? INT64_MAX : time * 1000000;
  int status = permit_wait(own, self, absolute, ns);
  if (status != GV_EEXIT && status != GV_EOWNER) {
    end_quietly(env, own);
    return;
  }
  hub_released(self, status); /* and nobody looks at its queues any more */
  if (status == GV_EEXIT)     /* he is not to run on while the VM ends */
    for (;;)
      vm_park(env, NULL, false, 0);
  set_state(env, own, RUNS);
}

static void JNICALL park(JNIEnv *env, jobject unsafe, jboolean absolute, jlong time) {
  struct permit *own = permit_own();
  if (__builtin_expect(own == NULL, 1)) {
    vm_park(env, unsafe, absolute, time);
    return;
  }
  if (permit_take(own) || (*env)->GetBooleanField(env, own->thread, interrupted) || time < 0 || (absolute && time == 0))
    return;
  struct gv_greenlet *self = interpose_is_on(GV_PATCH_THREAD) ? hub_caller() : NULL;
  if (self == NULL || threads_waits_are_timed()) /* the VM's own waits in the hub as well, and has a clock */
    park_alone(env, unsafe, absolute, time, own);
  else
    park_in_hub(env, absolute, time, own, self);
}

bool threads_may_be_interrupted(void *jni) {
  JNIEnv *env = jni;
  struct permit *own = permit_own();
  return own == NULL || (*env)->GetBooleanField(env, own->thread, interrupted);
}

/* What the VM knows it by; NULL: it has ended. */
static inline const void *address_of(JNIEnv *env, jobject thread) {
  return (void *)(intptr_t)(*env)->GetLongField(env, thread, thread_address);
}

/* False: the VM has to. */
static bool give(JNIEnv *env, jobject thread) {
  const void *vm = address_of(env, thread);
  return vm != NULL && permit_give(vm);
}

static void JNICALL unpark(JNIEnv *env, jobject unsafe, jobject thread) {
  if (thread == NULL || !give(env, thread))
    vm_unpark(env, unsafe, thread);
}

static void JNICALL interrupt(JNIEnv *env, jobject thread) {
  vm_interrupt(env, thread);
  give(env, thread);
}

static void JNICALL stop(JNIEnv *env, jobject thread, jobject thrown) {
  vm_stop(env, thread, thrown);
  if (thread != NULL && !(*env)->ExceptionCheck(env)) /* who stops himself isn't waiting */
    give(env, thread);
}

/* ---- finding what the VM has ---- */

static jint JNICALL find_native(JNIEnv *env, jclass type, const JNINativeMethod *methods, jint count) {
  (void)env, (void)type;
  for (jint i = 0; i < count; i++) {
    if (strcmp(methods[i].name, "park") == 0 && strcmp(methods[i].signature, "(ZJ)V") == 0)
      vm_park = (park_function *)methods[i].fnPtr;
    if (strcmp(methods[i].name, "unpark") == 0 && strcmp(methods[i].signature, "(Ljava/lang/Object;)V") == 0)
      vm_unpark = (unpark_function *)methods[i].fnPtr;
  }
  return JNI_OK;
}

/* The VM has Unsafe's natives registered by a method of that class, which we let tell us and not the VM. */
static void find_park(JNIEnv *env, jclass unsafe) {
  jmethodID registers = (*env)->GetStaticMethodID(env, unsafe, "registerNatives", "()V");
  if (registers == NULL)
    return;
  const struct JNINativeInterface_ *real = *env;
  struct JNINativeInterface_ listening = *real;
  listening.RegisterNatives = find_native;
  *env = &listening;
  real->CallStaticVoidMethod(env, unsafe, registers);
  *env = real;
  if (real->ExceptionCheck(env))
    real->ExceptionClear(env);
}

static bool find_fields(JNIEnv *env, jclass thread) {
  thread_address = (*env)->GetFieldID(env, thread, "eetop", "J");
  interrupted = thread_address == NULL ? NULL : (*env)->GetFieldID(env, thread, "interrupted", "Z");
  if (interrupted == NULL)
    return false;
  thread_state = (*env)->GetFieldID(env, thread, "threadStatus", "I");
  if (thread_state != NULL)
    return true;
  (*env)->ExceptionClear(env);
  holder = (*env)->GetFieldID(env, thread, "holder", "Ljava/lang/Thread$FieldHolder;");
  jclass type = holder == NULL ? NULL : (*env)->FindClass(env, "java/lang/Thread$FieldHolder");
  thread_state = type == NULL ? NULL : (*env)->GetFieldID(env, type, "threadStatus", "I");
  return thread_state != NULL;
}

/* Where the VM isn't as expected nothing is bound, and greenlets park by the VM's own waits. */
static bool find_all(JNIEnv *env, void *vm, jclass thread, jclass unsafe) {
  vm_interrupt = (void(JNICALL *)(JNIEnv *, jobject))dlsym(vm, "JVM_Interrupt");
  vm_stop = (void(JNICALL *)(JNIEnv *, jobject, jobject))dlsym(vm, "JVM_StopThread");
  if (vm_interrupt == NULL || !find_fields(env, thread))
    return false;
  find_park(env, unsafe);
  return vm_park != NULL && vm_unpark != NULL;
}

bool threads_park_bind(void *jni, void *vm) {
  JNIEnv *env = jni;
  jclass thread = (*env)->FindClass(env, "java/lang/Thread");
  jclass unsafe = thread == NULL ? NULL : (*env)->FindClass(env, "jdk/internal/misc/Unsafe");
  JNINativeMethod of_unsafe[] = {{"park", "(ZJ)V", (void *)park}, {"unpark", "(Ljava/lang/Object;)V", (void *)unpark}};
  JNINativeMethod of_thread = {"interrupt0", "()V", (void *)interrupt};
  JNINativeMethod of_old_thread = {"stop0", "(Ljava/lang/Object;)V", (void *)stop}; /* JDK 17 has it, 25 doesn't */
  if (unsafe != NULL && (*env)->GetJavaVM(env, &java) == JNI_OK && find_all(env, vm, thread, unsafe)) {
    if (vm_stop != NULL)
      (*env)->RegisterNatives(env, thread, &of_old_thread, 1);
    (*env)->ExceptionClear(env);
    hub_show = show;
    bound = (*env)->RegisterNatives(env, thread, &of_thread, 1) == JNI_OK &&
            (*env)->RegisterNatives(env, unsafe, of_unsafe, 2) == JNI_OK;
  }
  (*env)->ExceptionClear(env);
  return bound;
}

/* ---- the first and the last thing that such a thread does ---- */

void threads_park_begin(void *jni, void *thread) {
  JNIEnv *env = jni;
  struct permit *own = bound ? permit_begin(address_of(env, thread)) : NULL;
  if (own == NULL || own->thread != NULL)
    return;
  jobject state_of = holder == NULL ? thread : (*env)->GetObjectField(env, thread, holder);
  int64_t *waits = threads_waits_of(own->vm);
  own->waits = waits != NULL ? waits : &own->uncounted;
  own->thread = (*env)->NewGlobalRef(env, thread);
  own->state_of = (*env)->NewGlobalRef(env, state_of);
  if (own->thread == NULL || own->state_of == NULL) {
    threads_park_end(env);
    vm_unpark(env, NULL, thread); /* the VM may not have been told meanwhile */
  }
}

void threads_park_end(void *jni) {
  JNIEnv *env = jni;
  struct permit *own = permit_own();
  if (own == NULL)
    return;
  jobject thread = own->thread, state_of = own->state_of;
  permit_leave();
  (*env)->DeleteGlobalRef(env, thread);
  (*env)->DeleteGlobalRef(env, state_of);
}
