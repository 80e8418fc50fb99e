/*
 * slow_library.c: a library of somebody else's that takes its time to be loaded. The tests in Java compile it, with
 * where it waits (IN_CONSTRUCTOR, else in JNI_OnLoad) and how (IN_JAVA, by that method; IN_C, until it is told to go
 * on).
 */
#include <fcntl.h>
#include <jni.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TOLD "GEVENT4J_TEST_TOLD" /* the path of a fifo; by another one, with .waits, it says that it waits */
#define PROGRAM "io/gevent4j/monkey/LibraryLoadingTest$Application"

#define NAME(method) NAME_OF(method)
#define NAME_OF(method) #method

static void check(int condition) {
  if (!condition)
    abort();
}

#if defined(IN_JAVA)
static void wait_here(void) {
  JavaVM *java;
  JNIEnv *env;
  jsize count;
  check(JNI_GetCreatedJavaVMs(&java, 1, &count) == JNI_OK && count == 1);
  check((*java)->GetEnv(java, (void **)&env, JNI_VERSION_1_8) == JNI_OK);
  jclass program = (*env)->FindClass(env, PROGRAM);
  check(program != NULL);
  (*env)->CallStaticVoidMethod(env, program, (*env)->GetStaticMethodID(env, program, NAME(IN_JAVA), "()V"));
  check(!(*env)->ExceptionCheck(env));
}
#elif defined(IN_C)
static void wait_here(void) {
  char path[1000], byte;
  snprintf(path, sizeof path, "%s.waits", getenv(TOLD));
  int told = open(getenv(TOLD), O_RDWR), waits = open(path, O_RDWR);
  check(told >= 0 && write(waits, "w", 1) == 1 && close(waits) == 0);
  check(read(told, &byte, 1) == 1 && close(told) == 0);
}
#else
static void wait_here(void) {}
#endif

#if defined(IN_CONSTRUCTOR)
__attribute__((constructor)) static void construct(void) {
  wait_here();
}
#endif

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
  (void)vm, (void)reserved;
#if !defined(IN_CONSTRUCTOR)
  wait_here();
#endif
  return JNI_VERSION_1_8;
}

JNIEXPORT jint JNICALL Java_io_gevent4j_monkey_LibraryLoadingTest_00024Application_answer(JNIEnv *env, jclass program) {
  (void)env, (void)program;
  return 42;
}
