/*
 * asm.h: how assemblers spell a hidden function, for .S files only.
 */
#ifndef GV_ASM_H
#define GV_ASM_H

#if !defined(__ELF__)
#error "only ELF targets swap; the others use the baton"
#endif

.macro FUNCTION name
  .text
  .globl \name
  .hidden \name
  .type \name, %function
  .balign 64 /* each begins a cache line */
\name:
.endm

.macro END_FUNCTION name
  .size \name, . - \name
.endm

/* Nothing here needs an executable stack. */
.section .note.GNU-stack, "", %progbits

#endif
