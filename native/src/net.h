/*
 * net.h: sockets whose calls wait. Each is tried first, but for a read that surely finds nothing; where it would block,
 * the calling greenlet waits in its hub and the others go on. Who is no greenlet of a hub, or away on his own kernel
 * thread, waits in poll(2).
 *
 *   OPEN --net_close--> CLOSED for all who come --the last one who was inside leaves--> the descriptor is closed
 *
 * A socket may have a home, a hub whose loop goes on watching it between two waits, so that these cost no system call
 * beside the poll. It can be used everywhere, but is closed at home, unless that is gone. Errors are negative
 * gv_status.
 */
#ifndef GV_NET_H
#define GV_NET_H

#include "guess.h"
#include "hub.h"

#include <sys/socket.h>
#include <sys/uio.h>

/* One of its two directions. */
struct side {
  _Atomic bool taken;                 /* somebody waits */
  struct gv_watcher watcher;          /* of its home */
  _Atomic(struct gv_hub *) elsewhere; /* another hub in which somebody waits, by the */
  struct gv_watcher *waiting;         /* watcher that is his alone */
};

/* In the order of use: a read of one among thousands is to touch few lines of memory. */
struct gv_socket {
  int fd;
  bool copy;              /* of something that shutdown(2) doesn't wake who waits for: so in hubs alone */
  _Atomic bool unref;     /* who waits for it doesn't keep a hub from being idle */
  struct guess guess;     /* of what is there to be read */
  _Atomic uint32_t users; /* SOCKET_CLOSED, and SOCKET_USER for each who is inside */
  struct side reading, writing;
};

enum { SOCKET_CLOSED = 1, SOCKET_USER = 2 };

/* Who calls. */
struct caller {
  struct gv_hub *hub; /* NULL, as is `self`, for who has none */
  struct gv_greenlet *self;
  int64_t left; /* ns that he may still wait; negative: as long as it takes */
  int64_t end;  /* 0: he hasn't waited yet */
};

/* Takes an open descriptor over and makes it non-blocking; NULL with *status. */
struct gv_socket *net_new(int fd, int *status);

/* The same of a copy of any descriptor, for net_wait alone; GV_EINVAL for who has no hub. */
struct gv_socket *net_new_copy(int fd, int *status);

/* Makes the calling thread's hub the home of a socket that has none; before anybody waits for it there. */
int net_settle(struct gv_hub *hub, struct gv_socket *socket);

/* At home, or after its end; nobody comes in any more. Who waits is woken with GV_ECLOSED. */
void net_close(struct gv_socket *socket);

/* For one that was closed: wakes who waits for it in this hub, on its thread, or (NULL) who waits in poll(2). */
void net_wake(struct gv_hub *hub, struct gv_socket *socket);

/* In this hub's thread: who waits for it there tries again. */
void net_retry(struct gv_hub *hub, struct gv_socket *socket);

/* Whether who waits for it from now on keeps a hub from being idle. */
void net_set_ref(struct gv_socket *socket, bool ref);

/* Closed, and nobody knows it any more. */
void net_free(struct gv_socket *socket);

/* Until it is readable or writable: GV_OK. */
int net_wait(struct caller *caller, struct gv_socket *socket, int events);

/* Of any descriptor, for GV_READ, GV_WRITE or both; returns which. */
int net_wait_fd(struct caller *caller, int fd, int events);

/* What recvmsg and sendmsg return. A send returns as soon as some of it is sent. */
int64_t net_receive(struct caller *caller, struct gv_socket *socket, struct msghdr *message, int flags);
int64_t net_send(struct caller *caller, struct gv_socket *socket, const struct msghdr *message, int flags);

/* The same for one piece of memory of a connection. */
int64_t net_read(struct caller *caller, struct gv_socket *socket, void *memory, int64_t size);
int64_t net_write(struct caller *caller, struct gv_socket *socket, const void *memory, int64_t size);

/* `count` pairs of an address and a size, no more than GV_PIECES_MAX, which are read before it waits. */
int64_t net_write_pieces(struct caller *caller, struct gv_socket *socket, const struct iovec *pieces, int count);

/* As much of a file as the connection takes: how much, 0 at the file's end. */
int64_t net_send_file(struct caller *caller, struct gv_socket *socket, int file, int64_t offset, int64_t size);

/* net_datagram.c. What is in the datagram is read before it waits. */
int64_t net_receive_from(struct caller *caller, struct gv_socket *socket, struct gv_datagram *datagram);
int64_t net_read_timed(struct caller *caller, struct gv_socket *socket, struct gv_datagram *bytes);
int64_t net_send_to(struct caller *caller, struct gv_socket *socket, const struct gv_datagram *datagram);
int net_disconnect(struct gv_socket *socket);
int net_group(struct gv_socket *socket, bool joins, int interface, const struct gv_address *group,
              const struct gv_address *source);
int net_group_interface(struct gv_socket *socket, int family, int interface);

/* A new descriptor, and from whom it is. */
int net_accept(struct caller *caller, struct gv_socket *socket, struct gv_address *from);

int net_connect(struct caller *caller, struct gv_socket *socket, const struct gv_address *address);

/* ---- what doesn't wait ---- */

/* To be inside: false for a closed one. As long as somebody is, the descriptor stays open. */
bool net_enter(struct gv_socket *socket);
void net_leave(struct gv_socket *socket);

/* net_address.c. The size of the system's name, 0 where it makes no sense. */
socklen_t net_address_to(const struct gv_address *address, struct sockaddr_storage *name);
void net_address_from(struct gv_address *address, const struct sockaddr_storage *name, socklen_t size);
int net_open(int family, int type); /* a descriptor */
int net_pair(int type, int32_t *pair);
int net_bind(struct gv_socket *socket, const struct gv_address *address);
int net_listen(struct gv_socket *socket, int backlog);
int net_shutdown(struct gv_socket *socket, int how);
int net_available(struct gv_socket *socket); /* bytes */
int net_send_urgent(struct gv_socket *socket, uint8_t byte);
int net_name(struct gv_socket *socket, bool peer, struct gv_address *address);

/* net_option.c */
int net_option_known(int number);
int net_option_set(struct gv_socket *socket, int number, int value);
int net_option_get(struct gv_socket *socket, int number, int32_t *value);

#endif
