/*
 * api_net.c: the exported functions of sockets. Each one delegates.
 */
#include "gevent4j.h"
#include "net.h"
#include "pollset.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

gv_socket *gv_socket_new(int fd, int32_t *status) {
  return net_new(fd, status);
}

gv_socket *gv_pollset_socket(const gv_pollset *set, int32_t *status) {
  return net_new_copy(set->fd, status);
}

int gv_socket_settle(gv_hub *hub, gv_socket *socket) {
  return hub_is_here(hub) ? net_settle(hub, socket) : GV_ETHREAD;
}

void gv_socket_close(gv_socket *socket) {
  net_close(socket);
}

void gv_socket_wake(gv_hub *hub, gv_socket *socket) {
  net_wake(hub, socket);
}

int gv_socket_retry(gv_hub *hub, gv_socket *socket) {
  if (!hub_is_here(hub))
    return GV_ETHREAD;
  net_retry(hub, socket);
  return GV_OK;
}

void gv_socket_set_ref(gv_socket *socket, int ref) {
  net_set_ref(socket, ref != 0);
}

void gv_socket_free(gv_socket *socket) {
  net_free(socket);
}

int64_t gv_socket_read(gv_hub *hub, gv_greenlet *self, gv_socket *socket, void *memory, int64_t size, int64_t ns) {
  return net_read(&(struct caller){hub, self, ns, 0}, socket, memory, size);
}

int64_t gv_socket_write(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const void *memory, int64_t size,
                        int64_t ns) {
  return net_write(&(struct caller){hub, self, ns, 0}, socket, memory, size);
}

int64_t gv_socket_write_pieces(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const void *pieces, int count,
                               int64_t ns) {
  if (count < 0 || count > GV_PIECES_MAX)
    return GV_EINVAL;
  return net_write_pieces(&(struct caller){hub, self, ns, 0}, socket, pieces, count);
}

int64_t gv_socket_send_file(gv_hub *hub, gv_greenlet *self, gv_socket *socket, int file, int64_t offset, int64_t size,
                            int64_t ns) {
  return net_send_file(&(struct caller){hub, self, ns, 0}, socket, file, offset, size);
}

int gv_socket_accept(gv_hub *hub, gv_greenlet *self, gv_socket *socket, gv_address *from, int64_t ns) {
  return net_accept(&(struct caller){hub, self, ns, 0}, socket, from);
}

int gv_socket_connect(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const gv_address *address, int64_t ns) {
  return net_connect(&(struct caller){hub, self, ns, 0}, socket, address);
}

int64_t gv_socket_receive_from(gv_hub *hub, gv_greenlet *self, gv_socket *socket, gv_datagram *datagram, int64_t ns) {
  return net_receive_from(&(struct caller){hub, self, ns, 0}, socket, datagram);
}

int64_t gv_socket_read_timed(gv_hub *hub, gv_greenlet *self, gv_socket *socket, gv_datagram *bytes, int64_t ns) {
  return net_read_timed(&(struct caller){hub, self, ns, 0}, socket, bytes);
}

int64_t gv_socket_send_to(gv_hub *hub, gv_greenlet *self, gv_socket *socket, const gv_datagram *datagram, int64_t ns) {
  return net_send_to(&(struct caller){hub, self, ns, 0}, socket, datagram);
}

int gv_socket_wait(gv_hub *hub, gv_greenlet *self, gv_socket *socket, int events, int64_t ns) {
  return events == GV_READ || events == GV_WRITE ? net_wait(&(struct caller){hub, self, ns, 0}, socket, events)
                                                 : GV_EINVAL;
}

int gv_file_open(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return fd < 0 ? GV_ESYSTEM - errno : fd;
}

void gv_file_close(int fd) {
  close(fd);
}

int gv_descriptor_wait(gv_hub *hub, gv_greenlet *self, int fd, int events, int64_t ns) {
  return events == 0 || (events & ~(GV_READ | GV_WRITE)) != 0
             ? GV_EINVAL
             : net_wait_fd(&(struct caller){hub, self, ns, 0}, fd, events);
}

int gv_socket_open(int family, int type) {
  return net_open(family, type);
}

int gv_socket_pair(int type, int32_t *pair) {
  return net_pair(type, pair);
}

int gv_socket_bind(gv_socket *socket, const gv_address *address) {
  return net_bind(socket, address);
}

int gv_socket_listen(gv_socket *socket, int backlog) {
  return net_listen(socket, backlog);
}

int gv_socket_shutdown(gv_socket *socket, int how) {
  return net_shutdown(socket, how);
}

int gv_socket_available(gv_socket *socket) {
  return net_available(socket);
}

int gv_socket_send_urgent(gv_socket *socket, int byte) {
  return net_send_urgent(socket, (uint8_t)byte);
}

int gv_socket_disconnect(gv_socket *socket) {
  return net_disconnect(socket);
}

int gv_socket_group(gv_socket *socket, int joins, int interface, const gv_address *group, const gv_address *source) {
  return net_group(socket, joins != 0, interface, group, source);
}

int gv_socket_group_interface(gv_socket *socket, int family, int interface) {
  return net_group_interface(socket, family, interface);
}

int gv_socket_name(gv_socket *socket, int peer, gv_address *address) {
  return net_name(socket, peer != 0, address);
}

int gv_option_known(int option) {
  return net_option_known(option);
}

int gv_socket_set_option(gv_socket *socket, int option, int value) {
  return net_option_set(socket, option, value);
}

int gv_socket_get_option(gv_socket *socket, int option, int32_t *value) {
  return net_option_get(socket, option, value);
}
