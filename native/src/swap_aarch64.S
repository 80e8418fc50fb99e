/*
 * swap_aarch64.S: the swap and the step onto the berth; AAPCS64, ELF.
 *
 * A strand at rest, from its sp upwards:
 *
 *   0 x19 x20 | 16 x21 x22 | 32 x23 x24 | 48 x25 x26 | 64 x27 x28 | 80 x29 x30
 *   96 d8 d9 | 112 d10 d11 | 128 d12 d13 | 144 d14 d15
 *
 * Those are the callee-saved registers of the ABI (6.1.1, 6.1.2: of v8-v15 the low halves); x30 is where to return.
 * FPCR is left alone: the VM requires its standard setting of every thread. The ABI has no red zone: sp moves first.
 */
#include "asm.h"

#define SP 0
#define TLS 8
#define STATUS 16
#define WORD 24
#define FRAME 160

#define SYS_futex 98
#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129
#define STRAND_LENT 1

/* Writes the frame of the running strand; leaves its sp in x9. */
.macro SAVE
  sub sp, sp, #FRAME
  .cfi_def_cfa_offset FRAME
  .cfi_rel_offset x29, 80
  .cfi_rel_offset x30, 88
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
.endm

/* Steps onto the stack at x10 and reads its frame. */
.macro LOAD
  mov sp, x10
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #FRAME
  .cfi_restore x29
  .cfi_restore x30
  .cfi_def_cfa_offset 0
.endm

/* int swap(struct strand *from, struct strand *to) */
FUNCTION swap
  .cfi_startproc
  hint #34                  /* bti c: a landing pad where the processor asks for one */
  SAVE
  ldr x10, [x1, #SP]
  ldr x11, [x1, #TLS]
  ldr x12, [x1, #STATUS]    /* returned by the call in which `to` went to rest */
  LOAD
  msr tpidr_el0, x11        /* stack and identity are those of `to` */
  str xzr, [x1, #SP]        /* which is not at rest any more */
  stlr x9, [x0]             /* but `from` is (SP is offset 0), now that no signal can land on its stack */
  mov x0, x12
  ret
  .cfi_endproc
END_FUNCTION swap

/* int swap_then(struct strand *from, struct strand *to, void (*then)(void *), void *arg) */
FUNCTION swap_then
  .cfi_startproc
  hint #34
  SAVE
  ldr x10, [x1, #SP]
  ldr x11, [x1, #TLS]
  mov sp, x10               /* on the stack of `to`, below its frame */
  msr tpidr_el0, x11
  mov x19, x10              /* x19 and x20 are free: the frame of `to` holds the ones that count */
  mov x20, x1
  str xzr, [x1, #SP]
  stlr x9, [x0]             /* `from` is at rest; `then` may give it away */
  mov x0, x3
  blr x2
  mov x10, x19
  ldr x0, [x20, #STATUS]
  LOAD
  ret
  .cfi_endproc
END_FUNCTION swap_then

/* int swap_to_berth(struct strand *self, void *berth_top) */
FUNCTION swap_to_berth
  .cfi_startproc
  hint #34
  SAVE
  str x9, [x0, #SP]
  mov sp, x1                /* on the berth; a signal handler has it to itself */
  .cfi_undefined x30        /* nothing to unwind to: the stack belongs to others */
  mov x19, x0               /* x19 = self */
  add x20, x19, #WORD       /* x20 = the word, which needs release and acquire by address */
  mov w9, #STRAND_LENT
  stlr w9, [x20]            /* from here on others may run the strand */
  dmb ish

  mov x8, #SYS_futex        /* wake whoever waits for the word to say so */
  mov x0, x20
  mov x1, #FUTEX_WAKE_PRIVATE
  mov x2, #1
  svc #0

1:
  ldar w9, [x20]
  cbz w9, 2f                /* STRAND_OWN */
  mov x8, #SYS_futex        /* sleep while lent; every return, also by a signal, looks at the word again */
  mov x0, x20
  mov x1, #FUTEX_WAIT_PRIVATE
  mov x2, #STRAND_LENT
  mov x3, #0                /* no time limit */
  svc #0
  b 1b

2:
  ldr x10, [x19, #SP]       /* where the strand was left, perhaps elsewhere than we left it */
  ldr x0, [x19, #STATUS]
  str xzr, [x19, #SP]       /* not at rest any more */
  LOAD
  ret
  .cfi_endproc
END_FUNCTION swap_to_berth
