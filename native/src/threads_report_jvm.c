/*
 * threads_report_jvm.c: what management tools are told. Their native methods are functions of the JDK's, which the VM
 * looks for when they are first called.
 */
#include "interpose_vm.h"
#include "threads.h"

#include <jni.h>

_Atomic bool threads_time_waits;

static void(JNICALL *vm_time_waits)(JNIEnv *env, jclass threads, jboolean on);
static jint(JNICALL *vm_processors)(JNIEnv *env, jobject management);

/* The VM measures its own waits only. */
static void JNICALL time_waits(JNIEnv *env, jclass threads, jboolean on) {
  vm_time_waits(env, threads, on);
  atomic_store(&threads_time_waits, on);
}

/* An OperatingSystemMXBean's, and to be as many as Runtime's. */
static jint JNICALL available_processors(JNIEnv *env, jobject management) {
  return threads_processors(vm_processors(env, management));
}

static const struct native natives[] = {
    {"Java_sun_management_ThreadImpl_setThreadContentionMonitoringEnabled0", (void *)time_waits,
     (void **)&vm_time_waits},
    {"Java_sun_management_VMManagementImpl_getAvailableProcessors", (void *)available_processors,
     (void **)&vm_processors},
    {0},
};

void threads_report_bind(void) {
  interpose_natives(natives);
}
