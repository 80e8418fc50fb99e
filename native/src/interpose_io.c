/*
 * interpose_io.c: which functions of the C library wait in the hub when a greenlet calls them.
 */
#include "interpose_io.h"

enum {
  STREAMS = GV_PATCH_SOCKET | GV_PATCH_SUBPROCESS | GV_PATCH_STDIN | GV_PATCH_SELECT,
  ANY = STREAMS | GV_PATCH_FILES,
};

const struct hook interpose_io_hooks[] = {
    {"read", (void *)hook_read, ANY},
    {"readv", (void *)hook_readv, ANY},
    {"write", (void *)hook_write, ANY},
    {"writev", (void *)hook_writev, ANY},

    {"recv", (void *)hook_recv, GV_PATCH_SOCKET},
    {"recvfrom", (void *)hook_recvfrom, GV_PATCH_SOCKET},
    {"recvmsg", (void *)hook_recvmsg, GV_PATCH_SOCKET},
    {"send", (void *)hook_send, GV_PATCH_SOCKET},
    {"sendto", (void *)hook_sendto, GV_PATCH_SOCKET},
    {"sendmsg", (void *)hook_sendmsg, GV_PATCH_SOCKET},
    {"connect", (void *)hook_connect, GV_PATCH_SOCKET},
    {"accept", (void *)hook_accept, GV_PATCH_SOCKET},
    {"accept4", (void *)hook_accept4, GV_PATCH_SOCKET},
    {"setsockopt", (void *)hook_setsockopt, GV_PATCH_SOCKET},
    {"sendfile", (void *)hook_sendfile, ANY},
    {"sendfile64", (void *)hook_sendfile, ANY},

    {"poll", (void *)hook_poll, GV_PATCH_SOCKET | GV_PATCH_SELECT},
    {"epoll_wait", (void *)hook_epoll_wait, GV_PATCH_SELECT},
    {"epoll_pwait", (void *)hook_epoll_pwait, GV_PATCH_SELECT},
    {"epoll_pwait2", (void *)hook_epoll_pwait2, GV_PATCH_SELECT},

    {"getaddrinfo", (void *)hook_getaddrinfo, GV_PATCH_DNS},
    {"getnameinfo", (void *)hook_getnameinfo, GV_PATCH_DNS},
    {"waitpid", (void *)hook_waitpid, GV_PATCH_SUBPROCESS},
    {"waitid", (void *)hook_waitid, GV_PATCH_SUBPROCESS},

    {"pread", (void *)hook_pread, GV_PATCH_FILES},
    {"pread64", (void *)hook_pread, GV_PATCH_FILES},
    {"pwrite", (void *)hook_pwrite, GV_PATCH_FILES},
    {"pwrite64", (void *)hook_pwrite, GV_PATCH_FILES},
    {"fsync", (void *)hook_fsync, GV_PATCH_FILES},
    {"fdatasync", (void *)hook_fdatasync, GV_PATCH_FILES},

    {"open", (void *)hook_open, ANY},
    {"open64", (void *)hook_open, ANY},
    {"fcntl", (void *)hook_fcntl, ANY},
    {"fcntl64", (void *)hook_fcntl, ANY},

    {"close", (void *)hook_close, ANY},
    {"dup2", (void *)hook_dup2, ANY},
    {"dup3", (void *)hook_dup3, ANY},
    {"pthread_kill", (void *)hook_pthread_kill, ANY},
    {0},
};
