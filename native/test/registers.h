/*
 * registers.h: calls a function with a known pattern in each register that a callee must keep, and looks afterwards.
 */
#ifndef GV_REGISTERS_H
#define GV_REGISTERS_H

#include "threads.h"

#if defined(__ELF__) && defined(__x86_64__)

enum { KEPT_REGISTERS = 6 }; /* rbx rbp r12-r15 */

__asm__(".text\n"
        ".globl call_with_registers\n"
        ".type call_with_registers, %function\n"
        "call_with_registers:\n"
        "  push %rbp\n"
        "  push %rbx\n"
        "  push %r12\n"
        "  push %r13\n"
        "  push %r14\n"
        "  push %r15\n"
        "  push %r8\n" /* also makes the stack 16-aligned */
        "  mov %rdi, %rax\n"
        "  mov %rsi, %rdi\n"
        "  mov %rdx, %rsi\n"
        "  mov 0(%rcx), %rbx\n"
        "  mov 8(%rcx), %rbp\n"
        "  mov 16(%rcx), %r12\n"
        "  mov 24(%rcx), %r13\n"
        "  mov 32(%rcx), %r14\n"
        "  mov 40(%rcx), %r15\n"
        "  call *%rax\n"
        "  pop %r8\n"
        "  mov %rbx, 0(%r8)\n"
        "  mov %rbp, 8(%r8)\n"
        "  mov %r12, 16(%r8)\n"
        "  mov %r13, 24(%r8)\n"
        "  mov %r14, 32(%r8)\n"
        "  mov %r15, 40(%r8)\n"
        "  pop %r15\n"
        "  pop %r14\n"
        "  pop %r13\n"
        "  pop %r12\n"
        "  pop %rbx\n"
        "  pop %rbp\n"
        "  ret\n"
        ".size call_with_registers, . - call_with_registers\n");

#elif defined(__ELF__) && defined(__aarch64__)

enum { KEPT_REGISTERS = 19 }; /* x19-x29 d8-d15 */

__asm__(".text\n"
        ".globl call_with_registers\n"
        ".type call_with_registers, %function\n"
        "call_with_registers:\n"
        "  stp x29, x30, [sp, #-176]!\n"
        "  stp x19, x20, [sp, #16]\n"
        "  stp x21, x22, [sp, #32]\n"
        "  stp x23, x24, [sp, #48]\n"
        "  stp x25, x26, [sp, #64]\n"
        "  stp x27, x28, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n"
        "  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  str x4, [sp, #160]\n"
        "  mov x9, x0\n"
        "  mov x0, x1\n"
        "  mov x1, x2\n"
        "  ldp x19, x20, [x3, #0]\n"
        "  ldp x21, x22, [x3, #16]\n"
        "  ldp x23, x24, [x3, #32]\n"
        "  ldp x25, x26, [x3, #48]\n"
        "  ldp x27, x28, [x3, #64]\n"
        "  ldr x29, [x3, #80]\n"
        "  ldp d8, d9, [x3, #88]\n"
        "  ldp d10, d11, [x3, #104]\n"
        "  ldp d12, d13, [x3, #120]\n"
        "  ldp d14, d15, [x3, #136]\n"
        "  blr x9\n"
        "  ldr x4, [sp, #160]\n"
        "  stp x19, x20, [x4, #0]\n"
        "  stp x21, x22, [x4, #16]\n"
        "  stp x23, x24, [x4, #32]\n"
        "  stp x25, x26, [x4, #48]\n"
        "  stp x27, x28, [x4, #64]\n"
        "  str x29, [x4, #80]\n"
        "  stp d8, d9, [x4, #88]\n"
        "  stp d10, d11, [x4, #104]\n"
        "  stp d12, d13, [x4, #120]\n"
        "  stp d14, d15, [x4, #136]\n"
        "  ldp x19, x20, [sp, #16]\n"
        "  ldp x21, x22, [sp, #32]\n"
        "  ldp x23, x24, [sp, #48]\n"
        "  ldp x25, x26, [sp, #64]\n"
        "  ldp x27, x28, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n"
        "  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  ldp x29, x30, [sp], #176\n"
        "  ret\n"
        ".size call_with_registers, . - call_with_registers\n");

#else

enum { KEPT_REGISTERS = 1 };

/* No swap on this platform, so there is no assembly of ours that could lose a register. */
static int call_with_registers(int (*call)(void *, void *), void *first, void *second, const uint64_t *in,
                               uint64_t *out) {
  *out = *in;
  return call(first, second);
}

#define NO_REGISTERS
#endif

#if !defined(NO_REGISTERS)
/* Calls call(first, second) with the registers as in `in`, leaves in `out` what they are afterwards. */
int call_with_registers(int (*call)(void *, void *), void *first, void *second, const uint64_t *in, uint64_t *out);
#endif

/* Returns call(first, second), which must keep all registers; `seed` makes the pattern unlike all others. */
static inline int keeping_registers(int (*call)(void *, void *), void *first, void *second, uint64_t seed) {
  uint64_t before[KEPT_REGISTERS], after[KEPT_REGISTERS] = {0};
  for (int i = 0; i < KEPT_REGISTERS; i++)
    before[i] = seed << 32 | (uint64_t)(i + 1) << 24 | 0xabcdef;
  int status = call_with_registers(call, first, second, before, after);
  for (int i = 0; i < KEPT_REGISTERS; i++)
    if (after[i] != before[i]) {
      fprintf(stderr, "register %d is %llx, not %llx\n", i, (unsigned long long)after[i],
              (unsigned long long)before[i]);
      abort();
    }
  return status;
}

#endif
