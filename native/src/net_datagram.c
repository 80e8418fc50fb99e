/*
 * net_datagram.c: datagrams with what is said of them: from whom or to whom, when they arrived, which is also said of
 * what a connection brings; and the groups that a socket gets them of.
 */
#define _GNU_SOURCE
#include "net.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>
#if defined(__linux__)
#include <linux/errqueue.h>
#endif

/* ---- when they arrived ---- */

static int64_t in_ns(const struct timespec *time) {
  return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static void read_times(struct gv_datagram *datagram, struct msghdr *message) {
  datagram->arrived = datagram->arrived_at_card = 0;
#if defined(__linux__)
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPING) {
      struct scm_timestamping times;
      memcpy(&times, CMSG_DATA(part), sizeof times);
      datagram->arrived = in_ns(&times.ts[0]);
      datagram->arrived_at_card = in_ns(&times.ts[2]);
    }
#else
  (void)message;
#endif
}

/* ---- receiving and sending ---- */

#if defined(__linux__)
enum { WHOLE_SIZE = MSG_TRUNC }; /* the system returns the size that was sent, whatever fits */
#else
enum { WHOLE_SIZE = 0 };
#endif

int64_t net_receive_from(struct caller *caller, struct gv_socket *socket, struct gv_datagram *datagram) {
  struct sockaddr_storage name;
  _Alignas(struct cmsghdr) char control[256];
  struct iovec piece = {.iov_base = datagram->memory, .iov_len = (size_t)datagram->size};
  struct msghdr message = {.msg_name = &name,
                           .msg_namelen = sizeof name,
                           .msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  int64_t most = datagram->size;
  int64_t size = net_receive(caller, socket, &message, WHOLE_SIZE);
  if (size < 0)
    return size;
  net_address_from(&datagram->address, &name, message.msg_namelen);
  read_times(datagram, &message);
  datagram->size = size > most ? size : (message.msg_flags & MSG_TRUNC) ? most + 1 : size;
  return size > most ? most : size;
}

/* Of a connection, which WHOLE_SIZE would have throw bytes away. */
int64_t net_read_timed(struct caller *caller, struct gv_socket *socket, struct gv_datagram *bytes) {
  _Alignas(struct cmsghdr) char control[256];
  struct iovec piece = {.iov_base = bytes->memory, .iov_len = (size_t)bytes->size};
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  int64_t size = net_receive(caller, socket, &message, 0);
  if (size >= 0)
    read_times(bytes, &message);
  return size;
}

int64_t net_send_to(struct caller *caller, struct gv_socket *socket, const struct gv_datagram *datagram) {
  struct sockaddr_storage name;
  struct iovec piece = {.iov_base = datagram->memory, .iov_len = (size_t)datagram->size};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  if (datagram->address.family != 0) {
    message.msg_name = &name;
    message.msg_namelen = net_address_to(&datagram->address, &name);
    if (message.msg_namelen == 0)
      return GV_EINVAL;
  }
  return net_send(caller, socket, &message, 0);
}

/* ---- ends of connections ---- */

/* Of IP, in the system's order; NULL of others. */
static in_port_t *port_of(struct sockaddr_storage *name) {
  return name->ss_family == AF_INET    ? &((struct sockaddr_in *)name)->sin_port
         : name->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)name)->sin6_port
                                       : NULL;
}

/* Linux takes a port back that it has chosen itself. Until it is bound again, another socket may get it. */
static int keep_port(int fd, struct sockaddr_storage *before) {
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  if (getsockname(fd, (struct sockaddr *)&name, &size) < 0)
    return -1;
  in_port_t *port = port_of(&name), *kept = port_of(before);
  if (port == NULL || kept == NULL || *port != 0 || *kept == 0)
    return 0;
  *port = *kept;
  return bind(fd, (struct sockaddr *)&name, size);
}

/* Linux and others: a name of no family ends a connection of datagrams, and some of them call that an error. */
static int disconnect(int fd) {
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  if (getsockname(fd, (struct sockaddr *)&name, &size) < 0)
    return -1;
  if (connect(fd, &none, sizeof none) < 0 && errno != EAFNOSUPPORT)
    return -1;
  int of_peer; /* what it has answered concerns nobody any more */
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &of_peer, &(socklen_t){sizeof of_peer});
  return keep_port(fd, &name);
}

int net_disconnect(struct gv_socket *socket) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = disconnect(socket->fd) < 0 ? GV_ESYSTEM - errno : GV_OK;
  net_leave(socket);
  return status;
}

/* ---- groups ---- */

static int set_group(int fd, int level, bool joins, unsigned interface, const struct sockaddr_storage *group,
                     const struct sockaddr_storage *source) {
  if (source == NULL) {
    struct group_req request = {.gr_interface = interface, .gr_group = *group};
    return setsockopt(fd, level, joins ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP, &request, sizeof request);
  }
  struct group_source_req request = {.gsr_interface = interface, .gsr_group = *group, .gsr_source = *source};
  return setsockopt(fd, level, joins ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, &request, sizeof request);
}

int net_group(struct gv_socket *socket, bool joins, int interface, const struct gv_address *group,
              const struct gv_address *source) {
  struct sockaddr_storage groups, sources;
  if (net_address_to(group, &groups) == 0 || (source != NULL && net_address_to(source, &sources) == 0) ||
      group->family == GV_UNIX)
    return GV_EINVAL;
  if (!net_enter(socket))
    return GV_ECLOSED;
  int level = groups.ss_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  int done = set_group(socket->fd, level, joins, (unsigned)interface, &groups, source == NULL ? NULL : &sources);
  int status = done < 0 ? GV_ESYSTEM - errno : GV_OK;
  net_leave(socket);
  return status;
}

int net_group_interface(struct gv_socket *socket, int family, int interface) {
  struct ip_mreqn request = {.imr_ifindex = interface};
  if (!net_enter(socket))
    return GV_ECLOSED;
  int done = family == GV_INET6 ? setsockopt(socket->fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &interface, sizeof interface)
                                : setsockopt(socket->fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
  int status = done < 0 ? GV_ESYSTEM - errno : GV_OK;
  net_leave(socket);
  return status;
}
