/*
 * jvm.h: where the VM is met. Everything else in native/src would run without one.
 */
#ifndef GV_JVM_H
#define GV_JVM_H

/* As gv_vm_prepare and the like; env is a JNIEnv, thread and buffer a jobject. */
int jvm_prepare(void *env);
void jvm_forget_locals(void *env, void *thread);
void *jvm_buffer(void *env, void *buffer);

/* As gv_vm_channel_fd, gv_vm_channel_kill and gv_vm_selector_provider. */
int jvm_channel_fd(void *env, void *channel);
void jvm_channel_kill(void *env, void *channel);
int jvm_selector_provider(void *env, void *list);

#endif
