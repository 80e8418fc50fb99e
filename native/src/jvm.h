/*
 * jvm.h: where the VM is met. Everything else in native/src would run without one.
 */
#ifndef GV_JVM_H
#define GV_JVM_H

/* As gv_vm_prepare and gv_vm_forget_locals; env is a JNIEnv, thread a jobject. */
int jvm_prepare(void *env);
void jvm_forget_locals(void *env, void *thread);

#endif
