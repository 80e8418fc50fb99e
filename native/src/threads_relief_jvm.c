/*
 * threads_relief_jvm.c: a guest that runs on and on, while the others of its hub wait for their turn, as the kernel
 * would give it to them: who spins until another has done something would wait for ever. The VM is asked to suspend it,
 * for which it waits, and so lets the hub go: upon its own kernel thread it runs on, until it next comes to a wait.
 */
#define _GNU_SOURCE
#include "threads.h"

#include <jni.h>
#include <jvmti.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 32, PATIENCE_MS = 10 };

static jvmtiEnv *jvmti;
static jfieldID thread_address; /* java.lang.Thread.eetop */

/* What each turn in a hub changes. */
static struct sight {
  const struct gv_hub *hub;
  const struct gv_greenlet *guest;
  int32_t countdown;
  int64_t looked;
} sights[THREADS_HUBS_MAX];

/* Whether the same one has run since the last look, and nobody else. */
static bool runs_on(struct sight *before, struct gv_hub *hub, const struct gv_greenlet *guest) {
  struct sight now = {hub, guest, __atomic_load_n(&hub->countdown, __ATOMIC_RELAXED),
                      __atomic_load_n(&hub->looked, __ATOMIC_RELAXED)};
  bool same = guest != NULL && before->hub == hub && before->guest == guest && before->countdown == now.countdown &&
              before->looked == now.looked;
  *before = now;
  return same;
}

static bool know_vm(JNIEnv *env) {
  if (jvmti != NULL)
    return true;
  JavaVM *java;
  jvmtiEnv *found;
  jvmtiCapabilities capabilities;
  memset(&capabilities, 0, sizeof capabilities);
  capabilities.can_suspend = 1;
  jclass thread = (*env)->FindClass(env, "java/lang/Thread");
  thread_address = thread == NULL ? NULL : (*env)->GetFieldID(env, thread, "eetop", "J");
  if (thread_address == NULL || (*env)->GetJavaVM(env, &java) != JNI_OK ||
      (*java)->GetEnv(java, (void **)&found, JVMTI_VERSION_11) != JNI_OK ||
      (*found)->AddCapabilities(found, &capabilities) != JVMTI_ERROR_NONE) {
    (*env)->ExceptionClear(env);
    return false;
  }
  jvmti = found;
  return true;
}

/* The thread that the VM knows by this; NULL: it has ended. */
static jthread find(JNIEnv *env, const void *vm) {
  jint count = 0;
  jthread *threads = NULL, found = NULL;
  if (vm == NULL || (*jvmti)->GetAllThreads(jvmti, &count, &threads) != JVMTI_ERROR_NONE)
    return NULL;
  for (jint i = 0; i < count; i++)
    if ((intptr_t)(*env)->GetLongField(env, threads[i], thread_address) == (intptr_t)vm)
      found = threads[i];
    else
      (*env)->DeleteLocalRef(env, threads[i]);
  (*jvmti)->Deallocate(jvmti, (unsigned char *)threads);
  return found;
}

static bool is_ours(JNIEnv *env, jmethodID method) {
  jclass type;
  char *signature;
  if ((*jvmti)->GetMethodDeclaringClass(jvmti, method, &type) != JVMTI_ERROR_NONE)
    return true;
  bool ours = true;
  if ((*jvmti)->GetClassSignature(jvmti, type, &signature, NULL) == JVMTI_ERROR_NONE) {
    ours = strncmp(signature, "Lio/gevent4j/", strlen("Lio/gevent4j/")) == 0 &&
           strncmp(signature, "Lio/gevent4j/monkey/", strlen("Lio/gevent4j/monkey/")) != 0;
    (*jvmti)->Deallocate(jvmti, (unsigned char *)signature);
  }
  (*env)->DeleteLocalRef(env, type);
  return ours;
}

/* Whether it is within a method of ours, which counts on being alone in its hub. */
static bool relies_on_hub(JNIEnv *env, jthread thread) {
  jvmtiFrameInfo frames[FRAMES];
  jint count = 0;
  bool relies = (*jvmti)->GetStackTrace(jvmti, thread, 0, FRAMES, frames, &count) != JVMTI_ERROR_NONE;
  for (jint i = 0; i < count && !relies; i++)
    relies = is_ours(env, frames[i].method);
  return relies;
}

/* Returns when it is no more who runs, or has had time enough. */
static void await_leaving(struct gv_family *family, const struct gv_greenlet *guest) {
  for (int ms = 0; ms < PATIENCE_MS && greenlet_current(family) == guest; ms++)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void relieve(JNIEnv *env, struct gv_hub *hub, struct gv_family *family, struct gv_greenlet *guest, void *vm) {
  jthread thread = find(env, vm);
  atomic_store(&hub->asked, guest);
  if (thread != NULL && (*jvmti)->SuspendThread(jvmti, thread) == JVMTI_ERROR_NONE) {
    if (!relies_on_hub(env, thread)) {
      atomic_store(&hub->relieved, guest);
      await_leaving(family, guest);
    }
    atomic_store(&hub->relieved, NULL);
    (*jvmti)->ResumeThread(jvmti, thread);
  }
  atomic_store(&hub->asked, NULL);
  (*env)->DeleteLocalRef(env, thread);
}

static void look(struct gv_hub *hub, int number, void *env) {
  struct gv_family *family = hub->family;
  void *vm;
  const struct gv_greenlet *guest = family == NULL ? NULL : greenlet_running_guest(family, &vm);
  if (runs_on(&sights[number], hub, guest) && know_vm(env))
    relieve(env, hub, family, (struct gv_greenlet *)guest, vm);
}

void threads_relieve(void *env) {
  if (!greenlet_process_ends())
    threads_each_hub(look, env);
}
