/*
 * echo_client.c: sends messages over many connections to a server that echoes them, and prints how long each took.
 *
 * At a rate, message k is due at begin + k / rate, whatever became of those before it: the schedule never slips. A
 * connection has one message under way; one that is due meanwhile waits, and its latency counts from when it was due.
 * Rate 0 is a closed loop: each connection sends its next message when the last one has come back, and latency counts
 * from there. Never sleeps, so that no wake-up of its own is in the figures: it needs a core for itself.
 *
 * Prints "key value" lines, and lines of "latency" and "late" with nanoseconds and how many took that long: late is how
 * late the client itself was with a message that had nothing to wait for.
 */
#include "echo_histogram.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

enum {
  MOST_BYTES = 16 * 1024 * 1024, /* of a message: more than the sockets between us take */
  FIRST_BYTES = 64,              /* of the first echo of a connection, at most */
  PATTERNS = 4096,               /* consecutive messages differ: each begins somewhere else in the pattern */
  EVENTS = 256,                  /* at once: few enough that what is due isn't kept waiting */
  SPARE_DESCRIPTORS = 16,        /* besides the connections */
  PATIENCE = 30,                 /* s without an answer: the server hangs */
  LINGER = 2,                    /* s for what is still under way when the time is over */
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void complain(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND + now.tv_nsec;
}

/* ---- what is asked for ---- */

static const char *address = "127.0.0.1";
static int port;
static int64_t connection_count = 1;
static size_t bytes = 64;
static int receive_buffer; /* as the kernel rounds it; 0: as it thinks fit */
static int64_t rate;       /* messages a second over all connections; 0: a closed loop */
static int64_t warm_up = SECOND, duration = 5 * SECOND;
static pid_t server; /* whose costs are looked up, or 0 */

/* ---- what the server costs, as the kernel sees it ---- */

static int64_t server_cpu(void) {
  clockid_t clock;
  struct timespec used;
  if (server == 0 || clock_getcpuclockid(server, &clock) != 0 || clock_gettime(clock, &used) != 0)
    return 0;
  return used.tv_sec * SECOND + used.tv_nsec;
}

/* The sum of the values of a key in the status of a process, or of a thread. */
static int64_t status_value(const char *path, const char *key) {
  char line[256];
  int64_t sum = 0;
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return 0; /* a thread that has ended */
  while (fgets(line, sizeof line, file) != NULL) {
    const char *found = strstr(line, key);
    if (found != NULL)
      sum += strtoll(found + strlen(key), NULL, 10);
  }
  fclose(file);
  return sum;
}

static int64_t server_resident_kilobytes(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", server);
  return status_value(path, "VmRSS:");
}

/* Of all its threads, forced ones too. */
static int64_t server_switches(void) {
  char path[512];
  int64_t sum = 0;
  snprintf(path, sizeof path, "/proc/%d/task", server);
  DIR *tasks = server == 0 ? NULL : opendir(path);
  if (tasks == NULL)
    return 0;
  for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
    snprintf(path, sizeof path, "/proc/%d/task/%s/status", server, task->d_name);
    sum += task->d_name[0] == '.' ? 0 : status_value(path, "voluntary_ctxt_switches:");
  }
  closedir(tasks);
  return sum;
}

/* ---- connections ---- */

struct connection {
  int fd;
  bool busy;       /* its message is under way */
  size_t out, in;  /* so much of it is sent, and has come back */
  int64_t message; /* the number of that one, or of the next: of c connections, the n-th has n, n + c, n + 2c … */
  int64_t since;   /* from when its latency counts */
};

static struct connection *connections;
static char pattern[PATTERNS + MOST_BYTES];
static int poller;

static int64_t begin, now;             /* of the schedule; the clock, as it was last looked at */
static int64_t due_count, last, first; /* messages due so far; those measured are first to last, excluding that */
static int64_t answered, unanswered, on_time; /* all; of the measured ones; within the time that is measured */
static bool measuring, over;                  /* over: nothing more is sent in a closed loop */
static struct histogram latencies, lateness;

static const char *message_of(const struct connection *connection) {
  return pattern + connection->message % PATTERNS;
}

static int64_t due(int64_t message) {
  return begin + (int64_t)((double)message * (double)SECOND / (double)rate);
}

static void make_pattern(void) {
  uint64_t seed = 42;
  for (size_t i = 0; i < sizeof pattern; i++) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    pattern[i] = (char)seed;
  }
}

/* Something goes there and back at once: so no backlog overflows, and the server is known to work. */
static void connection_open(struct connection *connection) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  struct timeval patience = {.tv_sec = PATIENCE};
  /* Closed by a reset, as nobody needs the ports of these connections to be remembered. */
  struct linger reset = {.l_onoff = 1};
  int on = 1;
  size_t size = bytes < FIRST_BYTES ? bytes : FIRST_BYTES;
  char back[FIRST_BYTES];
  if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
    complain("the address isn't one of IPv4");
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->fd < 0 || setsockopt(connection->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
      setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0 ||
      setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    fail("a socket");
  if (receive_buffer != 0 &&
      setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) != 0)
    fail("SO_RCVBUF");
  if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) != 0)
    fail("connect");
  if (send(connection->fd, pattern, size, MSG_NOSIGNAL) != (ssize_t)size ||
      recv(connection->fd, back, size, MSG_WAITALL) != (ssize_t)size || memcmp(back, pattern, size) != 0)
    fail("the first echo");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
  if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event) != 0)
    fail("epoll_ctl");
}

static void connection_write(struct connection *connection) {
  while (connection->out < bytes) {
    const char *rest = message_of(connection) + connection->out;
    ssize_t count = send(connection->fd, rest, bytes - connection->out, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN)
      return;
    if (count < 0)
      fail("send");
    connection->out += (size_t)count;
  }
}

static void connection_begin(struct connection *connection, int64_t since) {
  connection->busy = true;
  connection->out = connection->in = 0;
  connection->since = since;
  connection_write(connection);
}

/* Its message has come back; the next one goes out if it is due. */
static void connection_answered(struct connection *connection) {
  now = nanoseconds();
  answered++;
  on_time += measuring;
  bool counts = rate == 0 ? measuring : connection->message >= first && connection->message < last;
  if (counts) {
    histogram_add(&latencies, now - connection->since);
    unanswered -= rate != 0;
  }
  connection->message += connection_count;
  connection->busy = false;
  if (rate == 0 ? !over : connection->message < due_count)
    connection_begin(connection, rate == 0 ? now : due(connection->message));
}

static void connection_read(struct connection *connection) {
  static char back[MOST_BYTES + 1]; /* never filled: each read empties the socket */
  ssize_t count = recv(connection->fd, back, sizeof back, 0);
  if (count < 0 && errno == EAGAIN)
    return;
  if (count < 0)
    fail("recv");
  if (count == 0)
    complain("the server has closed a connection");
  if (!connection->busy || (size_t)count > bytes - connection->in ||
      memcmp(back, message_of(connection) + connection->in, (size_t)count) != 0)
    complain("what came back is not what was sent");
  connection->in += (size_t)count;
  if (connection->in == bytes)
    connection_answered(connection);
}

/* ---- the traffic ---- */

/* All that are due by now, on their connections in turn; a busy one sends its own when it is free. */
static void send_due(void) {
  while (due_count < last && due(due_count) <= now) {
    struct connection *connection = &connections[due_count % connection_count];
    due_count++;
    if (!connection->busy) {
      if (measuring)
        histogram_add(&lateness, now - due(connection->message));
      connection_begin(connection, due(connection->message));
    }
  }
}

static void take_events(void) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(poller, events, EVENTS, 0);
  for (int i = 0; i < count; i++) {
    struct connection *connection = events[i].data.ptr;
    if (connection->busy && connection->out < bytes)
      connection_write(connection);
    if (events[i].events & ~(uint32_t)EPOLLOUT)
      connection_read(connection);
    if (rate != 0)
      send_due(); /* the clock was looked at when the last echo came */
  }
}

static int64_t busy_connections(void) {
  int64_t count = 0;
  for (int64_t i = 0; i < connection_count; i++)
    count += connections[i].busy;
  return count;
}

static void run_until(int64_t end) {
  int64_t before = answered, heard = now;
  while (now < end) {
    if (rate != 0)
      send_due();
    take_events();
    now = nanoseconds();
    if (answered != before) {
      before = answered;
      heard = now;
    } else if (now - heard > PATIENCE * SECOND && busy_connections() > 0) {
      complain("nothing comes back any more");
    }
  }
}

/* What hasn't come back was at least so late. */
static void add_unanswered(void) {
  for (int64_t i = 0; rate != 0 && i < connection_count; i++)
    for (int64_t message = connections[i].message; message < last; message += connection_count)
      if (message >= first)
        histogram_add(&latencies, now - due(message));
}

static void run(void) {
  int64_t switches = server_switches();
  begin = now = nanoseconds();
  first = (int64_t)((double)warm_up / (double)SECOND * (double)rate);
  last = (int64_t)((double)(warm_up + duration) / (double)SECOND * (double)rate);
  unanswered = last - first;
  for (int64_t i = 0; rate == 0 && i < connection_count; i++)
    connection_begin(&connections[i], nanoseconds());
  run_until(begin + warm_up);

  int64_t cpu = server_cpu(), from = now;
  measuring = true;
  run_until(begin + warm_up + duration);
  measuring = false;
  over = true;
  int64_t span = now - from;
  cpu = server_cpu() - cpu;

  for (int64_t end = now + LINGER * SECOND; now < end && (due_count < last || busy_connections() > 0);)
    run_until(now + SECOND / 100);
  add_unanswered();
  printf("connections %" PRId64 "\nbytes %zu\nrate %" PRId64 "\n", connection_count, bytes, rate);
  printf("nanoseconds %" PRId64 "\nanswered %" PRId64 "\nunanswered %" PRId64 "\n", span, on_time, unanswered);
  if (server != 0) {
    printf("cpu %" PRId64 "\nresident %" PRId64 "\n", cpu, server_resident_kilobytes());
    printf("switches %" PRId64 "\ntotal %" PRId64 "\n", server_switches() - switches, answered);
  }
  histogram_print(&latencies, "latency");
  histogram_print(&lateness, "late");
}

/* ---- the command ---- */

static void allow_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("getrlimit");
  if (limit.rlim_max < (rlim_t)connection_count + SPARE_DESCRIPTORS)
    complain("more connections than descriptors: see ulimit -Hn");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail("setrlimit");
}

static void read_options(int count, char **arguments) {
  for (int option; (option = getopt(count, arguments, "a:b:p:c:s:r:w:d:P:")) != -1;) {
    switch (option) {
    case 'a':
      address = optarg;
      break;
    case 'b':
      receive_buffer = atoi(optarg);
      break;
    case 'p':
      port = atoi(optarg);
      break;
    case 'c':
      connection_count = atoll(optarg);
      break;
    case 's':
      bytes = (size_t)atoll(optarg);
      break;
    case 'r':
      rate = atoll(optarg);
      break;
    case 'w':
      warm_up = (int64_t)(atof(optarg) * (double)SECOND);
      break;
    case 'd':
      duration = (int64_t)(atof(optarg) * (double)SECOND);
      break;
    case 'P':
      server = atoi(optarg);
      break;
    default:
      port = 0;
    }
  }
  if (port <= 0 || port > 65535 || connection_count <= 0 || bytes == 0 || bytes > MOST_BYTES || rate < 0 ||
      warm_up < 0 || duration <= 0)
    complain(
        "echo_client -p PORT [-a ADDRESS] [-c CONNECTIONS] [-s BYTES] [-r MESSAGES A SECOND] [-w SECONDS TO WARM UP]\n"
        "            [-d SECONDS TO MEASURE] [-P PROCESS OF THE SERVER] [-b BYTES OF EACH RECEIVE BUFFER]");
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  allow_descriptors();
  make_pattern();
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc((size_t)connection_count, sizeof *connections);
  if (poller < 0 || connections == NULL)
    fail("epoll_create1");
  for (int64_t i = 0; i < connection_count; i++) {
    connections[i].message = i;
    connection_open(&connections[i]);
  }
  run();
  return 0; /* which closes them all */
}
