/*
 * net_address.c: addresses as Java has them and as the system has them, and the calls that only name them.
 */
#define _GNU_SOURCE
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0
#endif

/* ---- both ways ---- */

static socklen_t to_unix(const struct gv_address *address, struct sockaddr_un *name) {
  if (address->length < 0 || (size_t)address->length > sizeof name->sun_path)
    return 0;
  name->sun_family = AF_UNIX;
  memcpy(name->sun_path, address->bytes, (size_t)address->length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)address->length);
}

socklen_t net_address_to(const struct gv_address *address, struct sockaddr_storage *storage) {
  memset(storage, 0, sizeof *storage);
  if (address->family == GV_INET) {
    struct sockaddr_in *name = (struct sockaddr_in *)storage;
    name->sin_family = AF_INET;
    name->sin_port = htons((uint16_t)address->port);
    memcpy(&name->sin_addr, address->bytes, sizeof name->sin_addr);
    return sizeof *name;
  }
  if (address->family == GV_INET6) {
    struct sockaddr_in6 *name = (struct sockaddr_in6 *)storage;
    name->sin6_family = AF_INET6;
    name->sin6_port = htons((uint16_t)address->port);
    name->sin6_scope_id = (uint32_t)address->scope;
    memcpy(&name->sin6_addr, address->bytes, sizeof name->sin6_addr);
    return sizeof *name;
  }
  return address->family == GV_UNIX ? to_unix(address, (struct sockaddr_un *)storage) : 0;
}

static void from_unix(struct gv_address *address, const struct sockaddr_un *name, socklen_t size) {
  const size_t head = offsetof(struct sockaddr_un, sun_path);
  size_t length = size > head ? size - head : 0;
  if (length > sizeof address->bytes)
    length = sizeof address->bytes;
  if (length > 0 && name->sun_path[0] != 0) /* else it is an abstract one, of Linux */
    length = strnlen(name->sun_path, length);
  address->length = (int32_t)length;
  memcpy(address->bytes, name->sun_path, length);
}

void net_address_from(struct gv_address *address, const struct sockaddr_storage *storage, socklen_t size) {
  memset(address, 0, sizeof *address);
  if (size < sizeof(sa_family_t)) {
    return; /* of an unconnected datagram: none */
  } else if (storage->ss_family == AF_INET) {
    const struct sockaddr_in *name = (const struct sockaddr_in *)storage;
    address->family = GV_INET;
    address->port = ntohs(name->sin_port);
    address->length = sizeof name->sin_addr;
    memcpy(address->bytes, &name->sin_addr, sizeof name->sin_addr);
  } else if (storage->ss_family == AF_INET6) {
    const struct sockaddr_in6 *name = (const struct sockaddr_in6 *)storage;
    address->family = GV_INET6;
    address->port = ntohs(name->sin6_port);
    address->scope = (int32_t)name->sin6_scope_id;
    address->length = sizeof name->sin6_addr;
    memcpy(address->bytes, &name->sin6_addr, sizeof name->sin6_addr);
  } else if (storage->ss_family == AF_UNIX) {
    address->family = GV_UNIX;
    from_unix(address, (const struct sockaddr_un *)storage, size);
  }
}

/* ---- making ---- */

static int system_family(int family) {
  return family == GV_INET ? AF_INET : family == GV_INET6 ? AF_INET6 : family == GV_UNIX ? AF_UNIX : -1;
}

static int system_type(int type) {
  return type == GV_STREAM ? SOCK_STREAM : type == GV_DATAGRAM ? SOCK_DGRAM : -1;
}

static void make_private(int fd) {
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

#if defined(__linux__)
enum { PRIVATE = SOCK_CLOEXEC | SOCK_NONBLOCK };
#else
enum { PRIVATE = 0 };
#endif

int net_open(int family, int type) {
  if (system_family(family) < 0 || system_type(type) < 0)
    return GV_EINVAL;
  int fd = socket(system_family(family), system_type(type) | PRIVATE, 0);
  if (fd < 0)
    return GV_ESYSTEM - errno;
  if (PRIVATE == 0)
    make_private(fd);
  return fd;
}

int net_pair(int type, int32_t *pair) {
  if (system_type(type) < 0)
    return GV_EINVAL;
  int fds[2];
  if (socketpair(AF_UNIX, system_type(type) | PRIVATE, 0, fds) < 0)
    return GV_ESYSTEM - errno;
  for (int i = 0; i < 2; i++) {
    if (PRIVATE == 0)
      make_private(fds[i]);
    pair[i] = fds[i];
  }
  return GV_OK;
}

/* ---- naming ---- */

static int told(int result) {
  return result < 0 ? GV_ESYSTEM - errno : GV_OK;
}

int net_bind(struct gv_socket *socket, const struct gv_address *address) {
  struct sockaddr_storage storage;
  socklen_t size = net_address_to(address, &storage);
  if (size == 0)
    return GV_EINVAL;
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = told(bind(socket->fd, (struct sockaddr *)&storage, size));
  net_leave(socket);
  return status;
}

int net_listen(struct gv_socket *socket, int backlog) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = told(listen(socket->fd, backlog));
  net_leave(socket);
  return status;
}

int net_shutdown(struct gv_socket *socket, int how) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = told(shutdown(socket->fd, how == GV_READ ? SHUT_RD : how == GV_WRITE ? SHUT_WR : SHUT_RDWR));
  net_leave(socket);
  return status;
}

int net_available(struct gv_socket *socket) {
  int size = 0;
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = told(ioctl(socket->fd, FIONREAD, &size));
  net_leave(socket);
  return status < 0 ? status : size;
}

int net_send_urgent(struct gv_socket *socket, uint8_t byte) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = told((int)send(socket->fd, &byte, 1, MSG_OOB | MSG_NOSIGNAL));
  net_leave(socket);
  return status;
}

int net_name(struct gv_socket *socket, bool peer, struct gv_address *address) {
  struct sockaddr_storage storage;
  socklen_t size = sizeof storage;
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = told((peer ? getpeername : getsockname)(socket->fd, (struct sockaddr *)&storage, &size));
  net_leave(socket);
  if (status == GV_OK)
    net_address_from(address, &storage, size);
  return status;
}
