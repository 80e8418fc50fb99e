/*
 * hosts.h: a host and its aliases, as the system knows them. These block. Any thread.
 */
#ifndef GV_HOSTS_H
#define GV_HOSTS_H

struct hostent;

/* Gets a host, which is valid until it returns. */
typedef void hosts_found(void *data, const struct hostent *host);

/* By its name (IPv4 only), or by an address of a family of this system. Returns 0 after a call of `found`, or an
 * h_errno. */
int hosts_by_name(const char *name, hosts_found *found, void *data);
int hosts_by_address(const void *address, int size, int family, hosts_found *found, void *data);

#endif
