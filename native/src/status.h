/*
 * status.h: what a gv_status says, in words.
 */
#ifndef GV_STATUS_H
#define GV_STATUS_H

/* As gv_errno. */
int status_errno(const char *name);

/* As gv_status_text. */
const char *status_text(int status);

#endif
