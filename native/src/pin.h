/* pin.h: on which processors a kernel thread runs. Knows nothing of ours but the statuses. */
#ifndef GEVENT4J_PIN_H
#define GEVENT4J_PIN_H

#include <stdint.h>

int pin_thread(const int32_t *cpus, int count);

#endif
