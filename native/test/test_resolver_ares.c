/*
 * The resolver over c-ares, against a name server in the same thread: what is watched and closed when, what becomes of
 * requests that nobody takes, and of answers that are nonsense.
 */
#include "resolver.h"

#include "threads.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 12, MOST = 64, PATIENCE_MS = 30000 };

struct world {
  int server;
  struct gv_resolver *resolver;
  struct pollfd watched[MOST]; /* by c-ares's wish */
  int count;
};

/* ---- a world ---- */

static void open_world(struct world *world, int timeout_ms) {
  *world = (struct world){.server = socket(AF_INET, SOCK_DGRAM, 0)};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  assert_int_equal(bind(world->server, (struct sockaddr *)&address, size), 0);
  assert_int_equal(getsockname(world->server, (struct sockaddr *)&address, &size), 0);
  char servers[32];
  snprintf(servers, sizeof servers, "127.0.0.1:%d", ntohs(address.sin_port));
  struct resolver_options options = {.servers = servers,
                                     .timeout_ms = timeout_ms,
                                     .tries = 1,
                                     .ndots = -1,
                                     .udp_port = -1,
                                     .tcp_port = -1,
                                     .flags = -1};
  int32_t status;
  world->resolver = resolver_new(&options, &status);
  assert_non_null(world->resolver);
  assert_int_equal(status, GV_OK);
}

static void close_world(struct world *world) {
  resolver_free(world->resolver);
  close(world->server);
}

static struct pollfd *place_of(struct world *world, int fd) {
  for (int i = 0; i < world->count; i++)
    if (world->watched[i].fd == fd)
      return &world->watched[i];
  assert_true(world->count < MOST);
  world->watched[world->count] = (struct pollfd){.fd = fd};
  return &world->watched[world->count++];
}

static void watch_what_has_changed(struct world *world) {
  for (int64_t change; (change = resolver_change(world->resolver)) >= 0;) {
    int fd = (int)(change & INT32_MAX), events = (int)(change >> 32);
    struct pollfd *place = place_of(world, fd);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    place->events = (short)(((events & GV_READ) != 0 ? POLLIN : 0) | ((events & GV_WRITE) != 0 ? POLLOUT : 0));
    if (events == 0)
      *place = world->watched[--world->count];
  }
}

/* Until the resolver has something to do, and has done it. */
static void turn(struct world *world) {
  watch_what_has_changed(world);
  int64_t left = resolver_timeout(world->resolver);
  int ready = poll(world->watched, (nfds_t)world->count, left < 0 ? 0 : (int)(left / 1000000 + 1));
  struct pollfd seen[MOST];
  int count = world->count;
  memcpy(seen, world->watched, sizeof seen);
  if (ready == 0)
    resolver_process(world->resolver, -1, 0);
  for (int i = 0; i < count && ready > 0; i++)
    if (seen[i].revents != 0)
      resolver_process(world->resolver, seen[i].fd, GV_READ);
  watch_what_has_changed(world);
}

/* The next question, and who asked it. */
static int question(struct world *world, unsigned char *to, int room, struct sockaddr_in *from) {
  socklen_t size = sizeof *from;
  ssize_t length = recvfrom(world->server, to, (size_t)room, 0, (struct sockaddr *)from, &size);
  assert_true(length > HEADER);
  return (int)length;
}

static void reply(struct world *world, const void *bytes, int size, struct sockaddr_in *to) {
  assert_int_equal(sendto(world->server, bytes, (size_t)size, 0, (struct sockaddr *)to, sizeof *to), size);
}

/* One address, 192.0.2.1. */
static void answer_question(struct world *world) {
  static const unsigned char record[] = {0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
  unsigned char message[512];
  struct sockaddr_in from;
  int size = question(world, message, (int)(sizeof message - sizeof record), &from);
  message[2] = 0x84;
  message[3] = 0x80;
  message[7] = 1;
  memset(message + 8, 0, 4);
  memcpy(message + size, record, sizeof record);
  reply(world, message, size + (int)sizeof record, &from);
}

static struct gv_answer *take(struct world *world) {
  struct gv_answer *answer;
  while ((answer = resolver_take(world->resolver)) == NULL)
    turn(world);
  return answer;
}

static int32_t number_at(const struct gv_answer *answer, int place) {
  int32_t number;
  memcpy(&number, answer->bytes + place, sizeof number);
  return number;
}

/* ---- answers ---- */

static void an_answer_comes_with_the_number_of_its_request(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  int64_t first = resolver_addresses(world.resolver, "a.test", GV_AF_INET, 0);
  watch_what_has_changed(&world);
  answer_question(&world);
  struct gv_answer *answer = take(&world);
  assert_int_equal(answer->request, first);
  assert_int_equal(answer->status, GV_LOOKUP_OK);
  assert_int_equal(number_at(answer, 0), GV_AF_INET);
  assert_int_equal(number_at(answer, 5 * 4), 4);
  assert_memory_equal(answer->bytes + 6 * 4, "\300\0\2\1", 4);
  answer_free(answer);
  assert_int_equal(resolver_pending(world.resolver), 0);
  assert_true(resolver_addresses(world.resolver, "b.test", GV_AF_INET, 0) > first);
  close_world(&world);
}

static void numbers_need_no_server(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  int8_t address[] = {127, 0, 0, 1};
  resolver_name(world.resolver, address, sizeof address, 0, 80, GV_NI_NUMERICHOST | GV_NI_NUMERICSERV);
  struct gv_answer *answer = resolver_take(world.resolver);
  assert_non_null(answer);
  assert_int_equal(answer->status, GV_LOOKUP_OK);
  assert_int_equal(number_at(answer, 0), strlen("127.0.0.1"));
  answer_free(answer);
  close_world(&world);
}

static void silence_ends_when_the_time_is_up(void **state) {
  (void)state;
  struct world world;
  open_world(&world, 50);
  resolver_host(world.resolver, "a.test");
  assert_in_range(resolver_timeout(world.resolver), 1, 50000000);
  struct gv_answer *answer = take(&world);
  assert_int_equal(answer->status, GV_LOOKUP_AGAIN);
  assert_true(answer->size > 4); /* says why */
  answer_free(answer);
  assert_int_equal(resolver_timeout(world.resolver), -1);
  close_world(&world);
}

/* Whatever it says, as long as it ends. */
static void nonsense_does_no_harm(void **state) {
  (void)state;
  srand(1);
  struct world world;
  open_world(&world, 20);
  for (int round = 0; round < 200; round++) {
    resolver_host(world.resolver, "a.test");
    resolver_addresses(world.resolver, "b.test", GV_AF_INET, GV_AI_CANONNAME);
    watch_what_has_changed(&world);
    for (int i = 0; i < 2; i++) {
      unsigned char message[300];
      struct sockaddr_in from;
      int size = question(&world, message, sizeof message, &from);
      for (int at = size; at < (int)sizeof message; at++)
        message[at] = (unsigned char)rand();
      message[2] = 0x84; /* an answer, not truncated */
      message[3] = round % 4 == 0 ? (unsigned char)(rand() & 0xf) : 0x80;
      message[7] = (unsigned char)(rand() % 8);
      if (round % 2 == 0) { /* an answer whose start makes sense */
        static const unsigned char start[] = {0xc0, HEADER, 0, 5, 0, 1, 0, 0, 0, 60, 0};
        memcpy(message + size, start, sizeof start);
      }
      reply(&world, message, size + rand() % ((int)sizeof message - size), &from);
    }
    answer_free(take(&world));
    answer_free(take(&world));
  }
  assert_int_equal(resolver_pending(world.resolver), 0);
  close_world(&world);
}

/* ---- descriptors ---- */

static void a_descriptor_stays_open_until_it_is_no_longer_watched(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  resolver_addresses(world.resolver, "a.test", GV_AF_INET, 0);
  watch_what_has_changed(&world);
  assert_int_equal(world.count, 1);
  int fd = world.watched[0].fd;
  answer_question(&world);
  assert_int_equal(poll(world.watched, 1, PATIENCE_MS), 1);
  resolver_process(world.resolver, fd, GV_READ);
  assert_int_equal(resolver_pending(world.resolver), 0); /* so that c-ares has closed it */
  assert_true(fcntl(fd, F_GETFD) >= 0);
  assert_int_equal(resolver_change(world.resolver), fd); /* and 0 events */
  assert_true(fcntl(fd, F_GETFD) >= 0);
  assert_int_equal(resolver_change(world.resolver), -1);
  assert_int_equal(fcntl(fd, F_GETFD), -1);
  close_world(&world);
}

static void descriptors_do_not_block_and_end_with_exec(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  resolver_host(world.resolver, "a.test");
  watch_what_has_changed(&world);
  assert_int_equal(fcntl(world.watched[0].fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  assert_int_equal(fcntl(world.watched[0].fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  close_world(&world);
}

static void want_of_descriptors_is_told(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  struct rlimit before, none;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
  none = before;
  none.rlim_cur = 0;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
  resolver_host(world.resolver, "a.test");
  resolver_addresses(world.resolver, "b.test", GV_AF_UNSPEC, 0);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  for (int i = 0; i < 2; i++) {
    struct gv_answer *answer = resolver_take(world.resolver);
    assert_non_null(answer);
    assert_int_not_equal(answer->status, GV_LOOKUP_OK);
    answer_free(answer);
  }
  watch_what_has_changed(&world);
  assert_int_equal(world.count, 0);
  close_world(&world);
}

/* ---- the end ---- */

static void cancelled_requests_finish_as_closed(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  for (int i = 0; i < 3; i++)
    resolver_addresses(world.resolver, "a.test", GV_AF_UNSPEC, 0);
  int8_t address[] = {-64, 0, 2, 1};
  resolver_host_of(world.resolver, address, sizeof address);
  watch_what_has_changed(&world);
  assert_int_equal(resolver_pending(world.resolver), 4);
  resolver_cancel(world.resolver);
  assert_int_equal(resolver_pending(world.resolver), 0);
  for (int i = 0; i < 4; i++) {
    struct gv_answer *answer = resolver_take(world.resolver);
    assert_int_equal(answer->status, GV_LOOKUP_CLOSED);
    answer_free(answer);
  }
  assert_null(resolver_take(world.resolver));
  watch_what_has_changed(&world);
  assert_int_equal(world.count, 0);
  close_world(&world);
}

/* Nothing leaks, says the sanitizer. */
static void a_resolver_ends_with_requests_in_flight_and_answers_untaken(void **state) {
  (void)state;
  struct world world;
  open_world(&world, PATIENCE_MS);
  resolver_host(world.resolver, "a.test");
  watch_what_has_changed(&world);
  int fd = world.watched[0].fd;
  resolver_cancel(world.resolver);
  resolver_host(world.resolver, "b.test");
  resolver_addresses(world.resolver, "c.test", GV_AF_UNSPEC, GV_AI_CANONNAME);
  close_world(&world);
  assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void servers_that_are_none_are_refused(void **state) {
  (void)state;
  struct resolver_options options = {
      .servers = "dns.test", .timeout_ms = -1, .tries = -1, .ndots = -1, .udp_port = -1, .tcp_port = -1, .flags = -1};
  int32_t status;
  assert_null(resolver_new(&options, &status));
  assert_int_equal(status, GV_EINVAL);
}

/* ---- the system's ---- */

static void the_system_knows_numbers(void **state) {
  (void)state;
  struct gv_answer *answer = system_addresses("::1", "80", GV_AF_UNSPEC, GV_SOCK_STREAM, 0, GV_AI_NUMERICHOST);
  assert_int_equal(answer->status, GV_LOOKUP_OK);
  assert_int_equal(number_at(answer, 0), GV_AF_INET6);
  assert_int_equal(number_at(answer, 3 * 4), 80);
  assert_int_equal(number_at(answer, 5 * 4), 16);
  answer_free(answer);
  answer = system_addresses("a.test", NULL, GV_AF_UNSPEC, 0, 0, GV_AI_NUMERICHOST);
  assert_int_equal(answer->status, GV_LOOKUP_UNKNOWN);
  answer_free(answer);
}

static void addresses_of_no_size_fail(void **state) {
  (void)state;
  int8_t address[16] = {0};
  for (int size = 0; size < 16; size++) {
    if (size == 4)
      continue;
    struct gv_answer *answer = system_name(address, size, 0, 0, 0);
    assert_int_equal(answer->status, GV_LOOKUP_FAILED);
    answer_free(answer);
    answer = system_host_of(address, size);
    assert_int_equal(answer->status, GV_LOOKUP_FAILED);
    answer_free(answer);
  }
}

static void an_answer_grows(void **state) {
  (void)state;
  struct gv_answer *answer = answer_new();
  for (int i = 0; i < 10000; i++)
    answer_put_string(answer, "abc");
  answer_put_string(answer, NULL);
  assert_int_equal(answer_finish(answer)->status, GV_LOOKUP_OK);
  assert_int_equal(answer->size, 10000 * 7 + 4);
  assert_int_equal(number_at(answer, 9999 * 7), 3);
  assert_int_equal(number_at(answer, 10000 * 7), -1);
  answer_fail(answer, GV_LOOKUP_FAILED, "why");
  assert_int_equal(answer->size, 7);
  answer_free(answer);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_comes_with_the_number_of_its_request),
      cmocka_unit_test(numbers_need_no_server),
      cmocka_unit_test(silence_ends_when_the_time_is_up),
      cmocka_unit_test(nonsense_does_no_harm),
      cmocka_unit_test(a_descriptor_stays_open_until_it_is_no_longer_watched),
      cmocka_unit_test(descriptors_do_not_block_and_end_with_exec),
      cmocka_unit_test(want_of_descriptors_is_told),
      cmocka_unit_test(cancelled_requests_finish_as_closed),
      cmocka_unit_test(a_resolver_ends_with_requests_in_flight_and_answers_untaken),
      cmocka_unit_test(servers_that_are_none_are_refused),
      cmocka_unit_test(the_system_knows_numbers),
      cmocka_unit_test(addresses_of_no_size_fail),
      cmocka_unit_test(an_answer_grows),
  };
  return run_guarded(tests);
}
