/*
 * locks.c: a library that waits for locks, and knows nothing of descriptors.
 */
#include <pthread.h>

int locks_take(pthread_mutex_t *mutex) {
  return pthread_mutex_lock(mutex);
}
