#include "jvm.h"

#include "greenlet.h"

#include <jni.h>
#include <jvmti.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool prepared;
static jfieldID thread_locals;             /* java.lang.Thread.threadLocals */
static jfieldID inheritable_thread_locals; /* java.lang.Thread.inheritableThreadLocals */

/*
 * The VM calls this after the last shutdown hook and before it waits, up to 300 ms, for threads in native code, which
 * is where it sees every greenlet at rest.
 */
static void JNICALL vm_dies(jvmtiEnv *jvmti, JNIEnv *env) {
  (void)jvmti, (void)env;
  greenlet_exit_all();
}

static bool watch_death(JNIEnv *env) {
  JavaVM *vm;
  jvmtiEnv *jvmti;
  if ((*env)->GetJavaVM(env, &vm) != JNI_OK || (*vm)->GetEnv(vm, (void **)&jvmti, JVMTI_VERSION_11) != JNI_OK)
    return false;
  jvmtiEventCallbacks callbacks;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.VMDeath = vm_dies;
  return (*jvmti)->SetEventCallbacks(jvmti, &callbacks, sizeof callbacks) == JVMTI_ERROR_NONE &&
         (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_VM_DEATH, NULL) == JVMTI_ERROR_NONE;
}

/* JNI reaches private fields of any module, which is why this is not Java. */
static jfieldID field_of_thread(JNIEnv *env, jclass thread, const char *name) {
  jfieldID field = (*env)->GetFieldID(env, thread, name, "Ljava/lang/ThreadLocal$ThreadLocalMap;");
  if (field == NULL)
    (*env)->ExceptionClear(env);
  return field;
}

/*
 * JFR's sampler suspends a thread by a signal to its kernel thread, whose handler believes the identity that it finds.
 * On an owner's kernel thread that may be a greenlet's, which would then be suspended here and resumed elsewhere:
 * never. Blocked, the request runs out of time; a lender's kernel thread always has its own identity, and takes the
 * signal.
 */
static void block_suspension(void) {
  if (strcmp(lend_backend(), "swap") != 0)
    return;
  const char *chosen = getenv("_JAVA_SR_SIGNUM"); /* as HotSpot reads it */
  int number = chosen == NULL ? 0 : atoi(chosen);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number > SIGUSR2 && number < NSIG ? number : SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int jvm_prepare(void *jni) {
  JNIEnv *env = jni;
  block_suspension();
  pthread_mutex_lock(&lock);
  if (!prepared) {
    jclass thread = (*env)->FindClass(env, "java/lang/Thread");
    if (thread != NULL) {
      thread_locals = field_of_thread(env, thread, "threadLocals");
      inheritable_thread_locals = field_of_thread(env, thread, "inheritableThreadLocals");
      prepared = thread_locals != NULL && inheritable_thread_locals != NULL && watch_death(env);
    }
  }
  pthread_mutex_unlock(&lock);
  return prepared ? GV_OK : GV_EINVAL;
}

void jvm_forget_locals(void *jni, void *thread) {
  JNIEnv *env = jni;
  (*env)->SetObjectField(env, thread, thread_locals, NULL);
  (*env)->SetObjectField(env, thread, inheritable_thread_locals, NULL);
}

void *jvm_buffer(void *jni, void *buffer) {
  JNIEnv *env = jni;
  return (*env)->GetDirectBufferAddress(env, buffer);
}

/* ---- what the JDK's channels tell its own selectors only ---- */

static jclass selectable;      /* sun.nio.ch.SelChImpl, which each of the JDK's channels implements */
static jmethodID channel_fd;   /* int getFDVal() */
static jmethodID channel_kill; /* void kill(): closes a channel's descriptor, if it is closed and waits for that */

static bool know_channels(JNIEnv *env) {
  pthread_mutex_lock(&lock);
  if (selectable == NULL) {
    jclass found = (*env)->FindClass(env, "sun/nio/ch/SelChImpl");
    channel_fd = found == NULL ? NULL : (*env)->GetMethodID(env, found, "getFDVal", "()I");
    channel_kill = channel_fd == NULL ? NULL : (*env)->GetMethodID(env, found, "kill", "()V");
    if (channel_kill == NULL)
      (*env)->ExceptionClear(env);
    else
      selectable = (*env)->NewGlobalRef(env, found);
  }
  pthread_mutex_unlock(&lock);
  return selectable != NULL;
}

int jvm_channel_fd(void *jni, void *channel) {
  JNIEnv *env = jni;
  return know_channels(env) && (*env)->IsInstanceOf(env, channel, selectable)
             ? (*env)->CallIntMethod(env, channel, channel_fd)
             : GV_EUNSUPPORTED;
}

void jvm_channel_kill(void *jni, void *channel) {
  JNIEnv *env = jni;
  (*env)->CallVoidMethod(env, channel, channel_kill);
}

/*
 * java.nio.channels.spi.SelectorProvider.provider() answers with ours if ours was chosen, and the one in whose place it
 * stands is found nowhere else.
 */
int jvm_selector_provider(void *jni, void *list) {
  JNIEnv *env = jni;
  jclass keeper = (*env)->FindClass(env, "sun/nio/ch/DefaultSelectorProvider");
  jmethodID get =
      keeper == NULL ? NULL : (*env)->GetStaticMethodID(env, keeper, "get", "()Lsun/nio/ch/SelectorProviderImpl;");
  if (get == NULL) {
    (*env)->ExceptionClear(env);
    return GV_EUNSUPPORTED;
  }
  jobject provider = (*env)->CallStaticObjectMethod(env, keeper, get);
  jmethodID add = (*env)->GetMethodID(env, (*env)->GetObjectClass(env, list), "add", "(Ljava/lang/Object;)Z");
  if (!(*env)->ExceptionCheck(env))
    (*env)->CallBooleanMethod(env, list, add, provider);
  return GV_OK;
}
