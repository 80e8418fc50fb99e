/*
 * net_option.c: the options of sockets, each by one number for all systems and with one whole number for its value.
 */
#define _GNU_SOURCE
#include "net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#if defined(__linux__)
#include <linux/net_tstamp.h>
#endif

struct option {
  int level;
  int name; /* 0: this system doesn't have it */
};

/* Where a socket of IPv6 has another one than IPv4's. */
struct pair {
  struct option option, of_inet6;
};

static const struct pair options[] = {
    [GV_SO_REUSEADDR] = {{SOL_SOCKET, SO_REUSEADDR}, {0, 0}},
    [GV_SO_REUSEPORT] = {{SOL_SOCKET, SO_REUSEPORT}, {0, 0}},
    [GV_SO_KEEPALIVE] = {{SOL_SOCKET, SO_KEEPALIVE}, {0, 0}},
    [GV_SO_BROADCAST] = {{SOL_SOCKET, SO_BROADCAST}, {0, 0}},
    [GV_SO_OOBINLINE] = {{SOL_SOCKET, SO_OOBINLINE}, {0, 0}},
    [GV_SO_SNDBUF] = {{SOL_SOCKET, SO_SNDBUF}, {0, 0}},
    [GV_SO_RCVBUF] = {{SOL_SOCKET, SO_RCVBUF}, {0, 0}},
    [GV_SO_LINGER] = {{SOL_SOCKET, SO_LINGER}, {0, 0}},
    [GV_SO_TYPE] = {{SOL_SOCKET, SO_TYPE}, {0, 0}},
    [GV_SO_ACCEPTCONN] = {{SOL_SOCKET, SO_ACCEPTCONN}, {0, 0}},
    [GV_SO_ERROR] = {{SOL_SOCKET, SO_ERROR}, {0, 0}},
    [GV_TCP_NODELAY] = {{IPPROTO_TCP, TCP_NODELAY}, {0, 0}},
    [GV_TCP_KEEPINTVL] = {{IPPROTO_TCP, TCP_KEEPINTVL}, {0, 0}},
    [GV_TCP_KEEPCNT] = {{IPPROTO_TCP, TCP_KEEPCNT}, {0, 0}},
    [GV_IP_TOS] = {{IPPROTO_IP, IP_TOS}, {IPPROTO_IPV6, IPV6_TCLASS}},
    [GV_IP_MULTICAST_TTL] = {{IPPROTO_IP, IP_MULTICAST_TTL}, {IPPROTO_IPV6, IPV6_MULTICAST_HOPS}},
    [GV_IP_MULTICAST_LOOP] = {{IPPROTO_IP, IP_MULTICAST_LOOP}, {IPPROTO_IPV6, IPV6_MULTICAST_LOOP}},
    [GV_IPV6_V6ONLY] = {{IPPROTO_IPV6, IPV6_V6ONLY}, {0, 0}},
#if defined(__linux__)
    [GV_TCP_KEEPIDLE] = {{IPPROTO_TCP, TCP_KEEPIDLE}, {0, 0}},
    [GV_TCP_QUICKACK] = {{IPPROTO_TCP, TCP_QUICKACK}, {0, 0}},
    [GV_TCP_USER_TIMEOUT] = {{IPPROTO_TCP, TCP_USER_TIMEOUT}, {0, 0}},
    [GV_TCP_FASTOPEN] = {{IPPROTO_TCP, TCP_FASTOPEN}, {0, 0}},
    [GV_TCP_DEFER_ACCEPT] = {{IPPROTO_TCP, TCP_DEFER_ACCEPT}, {0, 0}},
    [GV_SO_BUSY_POLL] = {{SOL_SOCKET, SO_BUSY_POLL}, {0, 0}},
    [GV_SO_PRIORITY] = {{SOL_SOCKET, SO_PRIORITY}, {0, 0}},
    [GV_SO_INCOMING_CPU] = {{SOL_SOCKET, SO_INCOMING_CPU}, {0, 0}},
    [GV_SO_TIMESTAMPING] = {{SOL_SOCKET, SO_TIMESTAMPING}, {0, 0}},
#elif defined(TCP_KEEPALIVE)
    [GV_TCP_KEEPIDLE] = {{IPPROTO_TCP, TCP_KEEPALIVE}, {0, 0}},
#endif
};

enum { COUNT = sizeof options / sizeof options[0] };

static bool is_inet6(int fd) {
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  return getsockname(fd, (struct sockaddr *)&name, &size) == 0 && name.ss_family == AF_INET6;
}

int net_option_known(int number) {
  return number >= 0 && number < COUNT && options[number].option.name != 0;
}

static struct option find(int fd, int number) {
  if (!net_option_known(number))
    return (struct option){0, 0};
  const struct pair *pair = &options[number];
  if (pair->option.level != IPPROTO_IPV6 && pair->of_inet6.name == 0)
    return pair->option;
  bool inet6 = is_inet6(fd);
  if (pair->option.level == IPPROTO_IPV6 && !inet6) /* the system would say EINVAL for some of them */
    return (struct option){0, 0};
  return pair->of_inet6.name != 0 && inet6 ? pair->of_inet6 : pair->option;
}

/* What the system says to who asks for an option of other sockets, or of another kernel. */
static int refused(void) {
  return errno == ENOPROTOOPT || errno == EOPNOTSUPP ? GV_EUNSUPPORTED : GV_ESYSTEM - errno;
}

#if defined(__linux__)
/* When they arrive, by the system's clock, and by the card's where it has one. */
enum {
  TIMES = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_HARDWARE |
          SOF_TIMESTAMPING_RAW_HARDWARE
};
#else
enum { TIMES = 1 };
#endif

static int set(int fd, int number, int value) {
  struct option option = find(fd, number);
  struct linger linger = {.l_onoff = value >= 0, .l_linger = value};
  bool lingers = number == GV_SO_LINGER;
  const void *from = lingers ? (const void *)&linger : &value;
  socklen_t size = lingers ? sizeof linger : sizeof value;
  if (option.name == 0)
    return GV_EUNSUPPORTED;
  if (number == GV_SO_TIMESTAMPING && value != 0)
    value = TIMES;
  if (number == GV_IP_TOS && option.level == IPPROTO_IPV6) /* for its peers by IPv4 */
    setsockopt(fd, IPPROTO_IP, IP_TOS, from, size);
  return setsockopt(fd, option.level, option.name, from, size) < 0 ? refused() : GV_OK;
}

static int get(int fd, int number, int32_t *value) {
  struct option option = find(fd, number);
  struct linger linger = {0};
  bool lingers = number == GV_SO_LINGER;
  socklen_t size = lingers ? sizeof linger : sizeof *value;
  if (option.name == 0)
    return GV_EUNSUPPORTED;
  *value = 0;
  if (getsockopt(fd, option.level, option.name, lingers ? (void *)&linger : value, &size) < 0)
    return refused();
  if (lingers)
    *value = linger.l_onoff ? linger.l_linger : -1;
#if defined(__linux__)
  if (number == GV_SO_SNDBUF || number == GV_SO_RCVBUF)
    *value /= 2; /* Linux doubles what is set, for its own purposes */
#endif
  return GV_OK;
}

int net_option_set(struct gv_socket *socket, int number, int value) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = set(socket->fd, number, value);
  net_leave(socket);
  return status;
}

int net_option_get(struct gv_socket *socket, int number, int32_t *value) {
  if (!net_enter(socket))
    return GV_ECLOSED;
  int status = get(socket->fd, number, value);
  net_leave(socket);
  return status;
}
