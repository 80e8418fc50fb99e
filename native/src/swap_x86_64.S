/*
 * swap_x86_64.S: the swap and the step onto the berth; System V ABI, ELF.
 *
 * A strand at rest, from its sp upwards:
 *
 *   0 r15 | 8 r14 | 16 r13 | 24 r12 | 32 rbx | 40 rbp | 48 return address
 *
 * Those are the callee-saved registers of the ABI (3.2.1). MXCSR and the x87 control word are callee-saved too, and
 * left alone: the VM requires their standard setting of every thread, so they are equal on both sides (docs/design.md).
 *
 * The frame is written below rsp before rsp moves: it lies in the red zone (3.2.2), which signal handlers respect.
 * At each instruction rsp points into a live stack. The moves in place of push and pop save 3 ns: see native/bench.
 */
#include "asm.h"

#define SP 0
#define TLS 8
#define STATUS 16
#define WORD 24
#define FRAME 48

#define SYS_futex 202
#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129
#define STRAND_OWN 0
#define STRAND_LENT 1

/* Writes the frame of the running strand; leaves its sp in rdx. */
.macro SAVE
  leaq -FRAME(%rsp), %rdx
  movq %rbp, 40(%rdx)
  movq %rbx, 32(%rdx)
  movq %r12, 24(%rdx)
  movq %r13, 16(%rdx)
  movq %r14, 8(%rdx)
  movq %r15, 0(%rdx)
.endm

/* Reads the frame at rcx, and steps onto its stack. */
.macro LOAD
  movq 40(%rcx), %rbp
  movq 32(%rcx), %rbx
  movq 24(%rcx), %r12
  movq 16(%rcx), %r13
  movq 8(%rcx), %r14
  movq 0(%rcx), %r15
  leaq FRAME(%rcx), %rsp
.endm

/* int swap(struct strand *from, struct strand *to) */
FUNCTION swap
  .cfi_startproc
  movq TLS(%rsi), %r8       /* all loads from `to` early: they overlap with the stores */
  movq SP(%rsi), %rcx
  movq STATUS(%rsi), %rax   /* returned by the call in which `to` went to rest */
  SAVE
  LOAD
  wrfsbase %r8              /* stack and identity are those of `to` */
  movq $0, SP(%rsi)         /* which is not at rest any more */
  movq %rdx, SP(%rdi)       /* but `from` is, now that no signal can land on its stack */
  ret                       /* not a jump: the return predictor is right about the outer frames */
  .cfi_endproc
END_FUNCTION swap

/* int swap_then(struct strand *from, struct strand *to, void (*then)(void *), void *arg) */
FUNCTION swap_then
  .cfi_startproc
  movq %rdx, %r9            /* SAVE needs rdx; r9 = then */
  movq %rcx, %r10           /* r10 = arg */
  SAVE
  movq SP(%rsi), %rsp       /* on the stack of `to`, below its frame */
  .cfi_def_cfa rsp, FRAME + 8
  movq TLS(%rsi), %r8
  wrfsbase %r8
  movq %rsp, %rbx           /* rbx and r12 are free: the frame of `to` holds the ones that count */
  movq %rsi, %r12
  movq $0, SP(%rsi)
  movq %rdx, SP(%rdi)       /* `from` is at rest; `then` may give it away */
  movq %r10, %rdi
  subq $8, %rsp             /* a strand rests 8 off 16; a call wants 16 */
  .cfi_adjust_cfa_offset 8
  call *%r9
  movq %rbx, %rcx
  movq STATUS(%r12), %rax
  LOAD
  .cfi_def_cfa rsp, 8
  ret
  .cfi_endproc
END_FUNCTION swap_then

/* int swap_to_berth(struct strand *self, void *berth_top) */
FUNCTION swap_to_berth
  .cfi_startproc
  SAVE
  movq %rdx, SP(%rdi)
  movq %rsi, %rsp           /* on the berth; a signal handler has it to itself */
  .cfi_undefined rip        /* nothing to unwind to: the stack belongs to others */
  movq %rdi, %rbx           /* rbx = self, kept by the system calls */
  movl $STRAND_LENT, %eax
  xchgl %eax, WORD(%rbx)    /* from here on others may run the strand */

  movl $SYS_futex, %eax     /* wake whoever waits for the word to say so */
  leaq WORD(%rbx), %rdi
  movl $FUTEX_WAKE_PRIVATE, %esi
  movl $1, %edx
  syscall

1:
  movl WORD(%rbx), %eax
  cmpl $STRAND_OWN, %eax
  je 2f
  movl $SYS_futex, %eax     /* sleep while lent; every return, also by a signal, looks at the word again */
  leaq WORD(%rbx), %rdi
  movl $FUTEX_WAIT_PRIVATE, %esi
  movl $STRAND_LENT, %edx
  xorl %r10d, %r10d         /* no time limit */
  syscall
  jmp 1b

2:
  movq SP(%rbx), %rcx       /* where the strand was left, perhaps elsewhere than we left it */
  movq STATUS(%rbx), %rax
  movq $0, SP(%rbx)         /* not at rest any more */
  LOAD
  ret
  .cfi_endproc
END_FUNCTION swap_to_berth
