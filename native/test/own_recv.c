/*
 * own_recv.c: a library that is preloaded and has a recv of its own, as Onload has, which counts its calls.
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

long own_recv_calls;

ssize_t recv(int fd, void *memory, size_t size, int flags) {
  own_recv_calls++;
  return recvfrom(fd, memory, size, flags, NULL, NULL);
}
