#define _GNU_SOURCE
#include "interpose_io.h"
#include "interpose_vm.h"
#include "permit.h"
#include "threads.h"

#include <dlfcn.h>
#include <jni.h>
#include <jvmti.h>
#include <pthread.h>
#include <string.h>

/* ---- what the VM tells debuggers of itself ---- */

/* As vmStructs.hpp has it: the names and values of where these fields lie are exported as well. */
static uint64_t number(void *vm, const char *name) {
  uint64_t *exported = dlsym(vm, name);
  return exported == NULL ? 0 : *exported;
}

static bool is(const char *entry, const char *prefix, const char *field, const char *expected, void *vm) {
  char name[64] = "";
  strcat(strcat(name, prefix), field);
  const char *found = *(const char *const *)(entry + number(vm, name));
  return found != NULL && strcmp(found, expected) == 0;
}

/* The offset of JavaThread::_thread_state, or -1. */
static int32_t find_state(void *vm) {
  const char *const *structs = dlsym(vm, "gHotSpotVMStructs");
  uint64_t stride = number(vm, "gHotSpotVMStructEntryArrayStride");
  if (structs == NULL || stride == 0)
    return -1;
  const char *prefix = "gHotSpotVMStructEntry";
  uint64_t type = number(vm, "gHotSpotVMStructEntryTypeNameOffset");
  for (const char *entry = *structs; *(const char *const *)(entry + type) != NULL; entry += stride)
    if (is(entry, prefix, "TypeNameOffset", "JavaThread", vm) &&
        is(entry, prefix, "FieldNameOffset", "_thread_state", vm))
      return (int32_t) * (const uint64_t *)(entry + number(vm, "gHotSpotVMStructEntryOffsetOffset"));
  return -1;
}

/* The size of a JavaThread in bytes, or 0. */
static int32_t find_size(void *vm) {
  const char *const *types = dlsym(vm, "gHotSpotVMTypes");
  uint64_t stride = number(vm, "gHotSpotVMTypeEntryArrayStride");
  if (types == NULL || stride == 0)
    return 0;
  uint64_t name = number(vm, "gHotSpotVMTypeEntryTypeNameOffset");
  for (const char *entry = *types; *(const char *const *)(entry + name) != NULL; entry += stride)
    if (is(entry, "gHotSpotVMTypeEntry", "TypeNameOffset", "JavaThread", vm))
      return (int32_t) * (const uint64_t *)(entry + number(vm, "gHotSpotVMTypeEntrySizeOffset"));
  return 0;
}

/* ---- where a thread's own conditions are, found out by two threads that wait ---- */

/* An event of the VM's begins at a multiple of its size, beside others as like as not. */
enum { SAMPLES = 2, EVENT_SIZE = 256 };

static JavaVM *java;
static jfieldID thread_address; /* java.lang.Thread.eetop */
static intptr_t environment;    /* so far into the thread is its JNIEnv */
static int32_t size;            /* of what the VM knows a thread by */
static struct sample {
  const char *vm;
  const void *cond[OWN_CONDS];
} samples[SAMPLES];

static void *vm_thread(void) {
  void *env;
  return (*java)->GetEnv(java, &env, JNI_VERSION_1_8) == JNI_OK ? (char *)env - environment : NULL;
}

int threads_prepare(void *jni) {
  JNIEnv *env = jni;
  void *vm = dlopen("libjvm.so", RTLD_NOW | RTLD_NOLOAD);
  jclass thread = (*env)->FindClass(env, "java/lang/Thread");
  thread_address = thread == NULL ? NULL : (*env)->GetFieldID(env, thread, "eetop", "J");
  if (thread_address == NULL)
    (*env)->ExceptionClear(env);
  if (vm == NULL || thread_address == NULL)
    return GV_EUNSUPPORTED;
  interpose_vm.state = find_state(vm);
  interpose_vm.blocked = 10;
  size = find_size(vm);
  return interpose_vm.state < 0 || size <= 0 ? GV_EUNSUPPORTED : GV_OK;
}

static const char *resolve(const struct sample *sample, struct own_place place) {
  const char *at = sample->vm + place.offset;
  return place.delta < 0 ? at : *(char *const *)at + place.delta;
}

static bool all_agree(enum own_cond which, struct own_place place) {
  for (int i = 0; i < SAMPLES; i++)
    if (samples[i].cond[which] != resolve(&samples[i], place))
      return false;
  return true;
}

/* Where in a thread a condition is, or what points to it: the same in all of them. */
static bool locate(enum own_cond which, struct own_place *place) {
  const struct sample *first = &samples[0];
  const char *cond = first->cond[which];
  if (cond >= first->vm && cond < first->vm + size) {
    *place = (struct own_place){(int32_t)(cond - first->vm), -1};
    return all_agree(which, *place);
  }
  for (int32_t offset = 0; cond != NULL && offset + (int32_t)sizeof(char *) <= size; offset += sizeof(char *)) {
    const char *target = *(char *const *)(first->vm + offset);
    *place = (struct own_place){offset, (int32_t)(cond - target)};
    if (target != NULL && (uintptr_t)target % EVENT_SIZE == 0 && target <= cond && cond - target < EVENT_SIZE &&
        all_agree(which, *place))
      return true;
  }
  return false;
}

static int conclude(void) {
  threads_waits_conclude();
  struct own_place places[OWN_CONDS];
  for (enum own_cond which = 0; which < OWN_CONDS; which++)
    if (!locate(which, &places[which]))
      return GV_EUNSUPPORTED;
  if (places[OWN_SLEEP].delta != places[OWN_MONITOR].delta || places[OWN_SLEEP].offset == places[OWN_MONITOR].offset)
    return GV_EUNSUPPORTED; /* two events of one kind */
  memcpy(interpose_vm.own, places, sizeof places);
  __atomic_store_n(&interpose_vm.thread, vm_thread, __ATOMIC_RELEASE);
  return GV_OK;
}

int threads_learn(void *jni, int sample, int which) {
  JNIEnv *env = jni;
  if (sample == SAMPLES)
    return conclude();
  if (sample < 0 || sample > SAMPLES || which < 0)
    return GV_EINVAL;
  jclass thread = (*env)->FindClass(env, "java/lang/Thread");
  jmethodID current = (*env)->GetStaticMethodID(env, thread, "currentThread", "()Ljava/lang/Thread;");
  jobject self = (*env)->CallStaticObjectMethod(env, thread, current);
  if ((*env)->ExceptionCheck(env))
    return GV_EUNSUPPORTED;
  samples[sample].vm = (char *)(intptr_t)(*env)->GetLongField(env, self, thread_address);
  environment = (char *)env - samples[sample].vm;
  if (which < OWN_CONDS)
    interpose_record(&samples[sample].cond[which]);
  else
    threads_waits_look(samples[sample].vm, size, which - OWN_CONDS);
  return GV_OK;
}

/* ---- what of the VM's own leads to us ---- */

static _Atomic int bound; /* gv_bound */

int threads_bound(void) {
  return bound;
}

/* ---- the others' turn ---- */

static bool yields(int patch) {
  struct gv_greenlet *self = interpose_is_on(patch) ? hub_caller() : NULL;
  if (self != NULL)
    yield_wait(self);
  return self != NULL;
}

/*
 * Before it queues for a monitor, and after it has spun for it in vain. Mostly who has it is a greenlet of the same
 * hub, and frees it in his turn: to queue, to sleep and to be woken would take longer.
 */
static void JNICALL monitor_is_held(jvmtiEnv *unused, JNIEnv *env, jthread thread, jobject monitor) {
  (void)unused, (void)env, (void)thread, (void)monitor;
  yields(GV_PATCH_THREAD);
}

/* ---- the first and the last thing that a thread does ---- */

static jvmtiEnv *jvmti;

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Threads that serve the JDK, which has classes of its own for them, or the VM, in the group above all others; those
 * that carry virtual threads, and what wakes these in time; and ours. */
static bool is_service(JNIEnv *env, jthread thread) {
  char *signature = NULL;
  if ((*jvmti)->GetClassSignature(jvmti, (*env)->GetObjectClass(env, thread), &signature, NULL) != JVMTI_ERROR_NONE)
    return true;
  bool service = starts_with(signature, "Ljdk/internal/") || starts_with(signature, "Lsun/") ||
                 starts_with(signature, "Lio/gevent4j/");
  (*jvmti)->Deallocate(jvmti, (unsigned char *)signature);
  jvmtiThreadInfo info;
  if (service || (*jvmti)->GetThreadInfo(jvmti, thread, &info) != JVMTI_ERROR_NONE)
    return true;
  (*jvmti)->Deallocate(jvmti, (unsigned char *)info.name);
  jvmtiThreadGroupInfo group;
  if (info.thread_group == NULL || (*jvmti)->GetThreadGroupInfo(jvmti, info.thread_group, &group) != JVMTI_ERROR_NONE)
    return true;
  service = group.parent == NULL || strcmp(group.name, "CarrierThreads") == 0;
  (*jvmti)->Deallocate(jvmti, (unsigned char *)group.name);
  return service;
}

static int join(JNIEnv *env, jthread thread) {
  int status = threads_join();
  if (status == GV_OK)
    threads_park_begin(env, thread);
  return status;
}

int threads_join_midway(void *env, void *thread) {
  return join(env, thread);
}

static void JNICALL thread_starts(jvmtiEnv *unused, JNIEnv *env, jthread thread) {
  (void)unused;
  bool joins = interpose_started() && interpose_is_on(GV_PATCH_THREAD) && greenlet_self() == NULL &&
               !is_service(env, thread) && join(env, thread) == GV_OK;
  if (!joins)
    permit_leave();
}

static void JNICALL thread_ends(jvmtiEnv *unused, JNIEnv *env, jthread thread) {
  (void)unused, (void)thread;
  threads_quit();
  threads_park_end(env);
}

static bool know_vm(void) {
  if (jvmti != NULL)
    return true;
  jvmtiCapabilities capabilities;
  memset(&capabilities, 0, sizeof capabilities);
  capabilities.can_signal_thread = 1;
  if ((*java)->GetEnv(java, (void **)&jvmti, JVMTI_VERSION_11) != JNI_OK)
    return false;
  (*jvmti)->AddCapabilities(jvmti, &capabilities); /* who hasn't it is told when he throws */
  capabilities.can_generate_monitor_events = 1;
  (*jvmti)->AddCapabilities(jvmti, &capabilities);
  jvmtiEventCallbacks callbacks;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.ThreadStart = thread_starts;
  callbacks.ThreadEnd = thread_ends;
  callbacks.MonitorContendedEnter = monitor_is_held;
  return (*jvmti)->SetEventCallbacks(jvmti, &callbacks, sizeof callbacks) == JVMTI_ERROR_NONE;
}

static bool tell(jvmtiEvent event, bool on) {
  return (*jvmti)->SetEventNotificationMode(jvmti, on ? JVMTI_ENABLE : JVMTI_DISABLE, event, NULL) == JVMTI_ERROR_NONE;
}

/* Of their ends it is always told: whoever has begun has to end. */
int threads_watch(void *jni, bool on) {
  (void)jni;
  bool set = know_vm() && tell(JVMTI_EVENT_THREAD_END, true) && tell(JVMTI_EVENT_THREAD_START, on);
  if (set && tell(JVMTI_EVENT_MONITOR_CONTENDED_ENTER, on) && on)
    bound |= GV_BOUND_MONITORS;
  return set ? GV_OK : GV_EUNSUPPORTED;
}

/* It is thrown as soon as the thread is back in Java. */
int threads_throw(void *thread, void *thrown) {
  return know_vm() && (*jvmti)->StopThread(jvmti, thread, thrown) == JVMTI_ERROR_NONE ? GV_OK : GV_EUNSUPPORTED;
}

/* ---- natives ---- */

/* What the VM itself has for them; the second is the VM's on JDK 17, the third on 25. */
static void (*vm_yield)(JNIEnv *, jclass);
static void (*vm_sleep)(JNIEnv *, jclass, jlong);
static void (*vm_sleep_nanos)(JNIEnv *, jclass, jlong);
static jint (*vm_processors)(void);

static void JNICALL thread_yield(JNIEnv *env, jclass thread) {
  if (!yields(GV_PATCH_THREAD))
    vm_yield(env, thread);
}

/* For no time at all the VM would yield to threads only, by a system call; and throw, if the thread is interrupted. */
static bool sleeps_for_no_time(JNIEnv *env, jlong time) {
  return time == 0 && yields(GV_PATCH_TIME) && !threads_may_be_interrupted(env);
}

static void JNICALL thread_sleep(JNIEnv *env, jclass thread, jlong ms) {
  if (!sleeps_for_no_time(env, ms))
    vm_sleep(env, thread, ms);
}

static void JNICALL thread_sleep_nanos(JNIEnv *env, jclass thread, jlong ns) {
  if (!sleeps_for_no_time(env, ns))
    vm_sleep_nanos(env, thread, ns);
}

/* A guest has as many as there are kernel threads for guests: where there is one, nobody runs while he spins. */
int threads_processors(int processors) {
  struct gv_greenlet *self = greenlet_self();
  int hubs = self != NULL && self->guest ? threads_hub_count() : 0;
  return hubs > 0 && hubs < processors ? hubs : processors;
}

static jint JNICALL available_processors(JNIEnv *env, jobject runtime) {
  (void)env, (void)runtime;
  return threads_processors(vm_processors());
}

/* A VM that lacks it has it under another name. */
static void bind_native(JNIEnv *env, jclass type, const char *name, const char *signature, void *ours, bool known,
                        enum gv_bound what) {
  JNINativeMethod method = {(char *)name, (char *)signature, ours};
  if (known && (*env)->RegisterNatives(env, type, &method, 1) == JNI_OK)
    bound |= what;
  (*env)->ExceptionClear(env);
}

static void bind_all(JNIEnv *env) {
  void *vm = dlopen("libjvm.so", RTLD_NOW | RTLD_NOLOAD);
  jclass thread = (*env)->FindClass(env, "java/lang/Thread");
  jclass runtime = (*env)->FindClass(env, "java/lang/Runtime");
  if (vm == NULL || thread == NULL || runtime == NULL)
    return;
  vm_processors = (jint(*)(void))dlsym(vm, "JVM_ActiveProcessorCount");
  vm_yield = (void (*)(JNIEnv *, jclass))dlsym(vm, "JVM_Yield");
  vm_sleep = (void (*)(JNIEnv *, jclass, jlong))dlsym(vm, "JVM_Sleep");
  vm_sleep_nanos = (void (*)(JNIEnv *, jclass, jlong))dlsym(vm, "JVM_SleepNanos");
  bool yields = vm_yield != NULL;
  bool by_ms = vm_sleep != NULL, by_ns = vm_sleep_nanos != NULL;
  bind_native(env, runtime, "availableProcessors", "()I", (void *)available_processors, vm_processors != NULL,
              GV_BOUND_PROCESSORS);
  bind_native(env, thread, "yield", "()V", (void *)thread_yield, yields && by_ms, GV_BOUND_YIELD);
  bind_native(env, thread, "yield0", "()V", (void *)thread_yield, yields && by_ns, GV_BOUND_YIELD);
  bind_native(env, thread, "sleep", "(J)V", (void *)thread_sleep, by_ms, GV_BOUND_SLEEP);
  bind_native(env, thread, "sleepNanos0", "(J)V", (void *)thread_sleep_nanos, by_ns, GV_BOUND_SLEEP);
  if (threads_park_bind(env, vm))
    bound |= GV_BOUND_PARK;
  threads_report_bind();
}

jint JNI_OnLoad_jnigevent4j(JavaVM *vm, void *reserved);

/* Only here may natives of the JDK be replaced without the VM writing a warning. */
JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
  java = vm;
  jint version = JNI_OnLoad_jnigevent4j(vm, reserved);
  JNIEnv *env;
  if (version != JNI_ERR && (*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) == JNI_OK)
    bind_all(env);
  return version;
}
