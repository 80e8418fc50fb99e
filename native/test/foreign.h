/*
 * foreign.h: a library of somebody else's, which calls the C library as it is used to.
 */
#ifndef GV_FOREIGN_H
#define GV_FOREIGN_H

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Its functions, by the names of those that they call. */
struct foreign {
  ssize_t (*read)(int, void *, size_t);
  ssize_t (*readv)(int, const struct iovec *, int);
  ssize_t (*write)(int, const void *, size_t);
  ssize_t (*writev)(int, const struct iovec *, int);
  ssize_t (*recv)(int, void *, size_t, int);
  ssize_t (*recvfrom)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
  ssize_t (*recvmsg)(int, struct msghdr *, int);
  ssize_t (*send)(int, const void *, size_t, int);
  ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
  ssize_t (*sendmsg)(int, const struct msghdr *, int);
  int (*connect)(int, const struct sockaddr *, socklen_t);
  int (*accept)(int, struct sockaddr *, socklen_t *);
  int (*poll)(struct pollfd *, nfds_t, int);
  int (*epoll_wait)(int, struct epoll_event *, int, int);
  int (*close)(int);
  int (*dup2)(int, int);
  int (*fsync)(int);
  int (*open)(const char *, int);
  int (*fcntl)(int, int, void *);
  int (*pthread_kill)(pthread_t, int);
  int (*getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
};

typedef const struct foreign *foreign_functions(void);
foreign_functions foreign_functions_of;

#endif
