/*
 * jvm.h: where the VM is met. Everything else in native/src would run without one.
 */
#ifndef GV_JVM_H
#define GV_JVM_H

/* As gv_vm_prepare and the like; env is a JNIEnv, thread and buffer a jobject. */
int jvm_prepare(void *env);
void jvm_forget_locals(void *env, void *thread);
void *jvm_buffer(void *env, void *buffer);

#endif
