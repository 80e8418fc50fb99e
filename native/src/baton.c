#include "baton.h"

#include <pthread.h>
#include <stdlib.h>

struct baton {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool waiting; /* its thread sleeps, or is about to */
  bool passed;  /* its thread may run */
};

struct baton *baton_new(void) {
  struct baton *baton = calloc(1, sizeof *baton);
  if (baton == NULL)
    return NULL;
  if (pthread_mutex_init(&baton->lock, NULL) != 0)
    goto free_baton;
  if (pthread_cond_init(&baton->changed, NULL) != 0)
    goto destroy_lock;
  return baton;

destroy_lock:
  pthread_mutex_destroy(&baton->lock);
free_baton:
  free(baton);
  return NULL;
}

void baton_free(struct baton *baton) {
  pthread_cond_destroy(&baton->changed);
  pthread_mutex_destroy(&baton->lock);
  free(baton);
}

void baton_wait(struct baton *baton) {
  pthread_mutex_lock(&baton->lock);
  baton->waiting = true;
  pthread_cond_broadcast(&baton->changed);
  while (!baton->passed)
    pthread_cond_wait(&baton->changed, &baton->lock);
  baton->passed = false;
  baton->waiting = false;
  pthread_mutex_unlock(&baton->lock);
}

void baton_pass(struct baton *baton) {
  pthread_mutex_lock(&baton->lock);
  baton->passed = true;
  pthread_cond_broadcast(&baton->changed);
  pthread_mutex_unlock(&baton->lock);
}

void baton_await(struct baton *baton) {
  pthread_mutex_lock(&baton->lock);
  while (!baton->waiting)
    pthread_cond_wait(&baton->changed, &baton->lock);
  pthread_mutex_unlock(&baton->lock);
}

bool baton_is_waiting(struct baton *baton) {
  pthread_mutex_lock(&baton->lock);
  bool waiting = baton->waiting;
  pthread_mutex_unlock(&baton->lock);
  return waiting;
}
