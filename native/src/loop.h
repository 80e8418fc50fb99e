/*
 * loop.h: what a loop library has to do for us. For now it only says which version it is.
 */
#ifndef GEVENT4J_LOOP_H
#define GEVENT4J_LOOP_H

/* "4.33": the library that is loaded, not the headers that we were compiled with. */
const char *loop_libev_version(void);
const char *loop_libuv_version(void);

#endif
