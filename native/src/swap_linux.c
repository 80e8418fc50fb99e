/*
 * swap_linux.c: what the assembly needs of Linux: may this process swap, the berths, the other end of the futex.
 */
#include "swap.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)

#define HWCAP2_FSGSBASE (1 << 1) /* the kernel lets user space write its TLS base: Linux 5.9 */
#define ARCH_SHSTK_STATUS 0x5005 /* asm/prctl.h of Linux 6.6; older kernels answer EINVAL */
#define ARCH_SHSTK_SHSTK (1ULL << 0)

const char *swap_refusal(void) {
  if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE))
    return "the kernel or the processor lacks FSGSBASE";
  unsigned long long features = 0;
  if (syscall(SYS_arch_prctl, ARCH_SHSTK_STATUS, &features) == 0 && (features & ARCH_SHSTK_SHSTK))
    return "shadow stacks (CET) are on";
  return NULL;
}

#elif defined(__aarch64__)

#include <sys/prctl.h>

#define GV_PR_GET_SHADOW_STACK_STATUS 74 /* linux/prctl.h of Linux 6.13; older kernels answer EINVAL */
#define GV_PR_SHADOW_STACK_ENABLE (1UL << 0)

const char *swap_refusal(void) {
  unsigned long status = 0;
  if (prctl(GV_PR_GET_SHADOW_STACK_STATUS, &status, 0, 0, 0) == 0 && (status & GV_PR_SHADOW_STACK_ENABLE))
    return "guarded control stacks (GCS) are on";
  return NULL;
}

#else
#error "no swap for this processor: build swap_none.c in place of swap_linux.c"
#endif

/*
 * Only signal handlers use a berth, so it costs address space and no memory until a signal lands on it. It must hold
 * the signal frame, whose size the kernel tells (3.5 KiB with AVX-512, 11 KiB with AMX), and the frames of the handler.
 */
enum { HANDLER_SIZE = 32 * 1024 };

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51 /* linux/auxvec.h; 0 from kernels before 5.14 */
#endif

static size_t berth_size(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return (HANDLER_SIZE + getauxval(AT_MINSIGSTKSZ) + page - 1) / page * page;
}

void *swap_berth_new(void) {
  size_t size = berth_size();
  char *bottom =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (bottom == MAP_FAILED)
    return NULL;
  madvise(bottom, size, MADV_NOHUGEPAGE); /* neighbours merge into one mapping, which a huge page would fill */
  return bottom + size;
}

void swap_berth_free(void *berth_top) {
  munmap((char *)berth_top - berth_size(), berth_size());
}

/* syscall() that leaves errno alone, as callers were promised. */
static long call(long number, long a, long b, long c, long d) {
  int before = errno;
  long result = syscall(number, a, b, c, d);
  errno = before;
  return result;
}

void swap_release(struct strand *strand) {
  atomic_store_explicit(&strand->word, STRAND_OWN, memory_order_release);
  call(SYS_futex, (long)&strand->word, FUTEX_WAKE_PRIVATE, 1, 0);
}

void swap_await(struct strand *strand) {
  while (atomic_load_explicit(&strand->word, memory_order_acquire) == STRAND_OWN)
    call(SYS_futex, (long)&strand->word, FUTEX_WAIT_PRIVATE, STRAND_OWN, 0);
}

void swap_fence_prepare(void) {
  call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0, 0); /* waits for every processor */
}

bool swap_fence_all(void) {
  if (call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0, 0) == 0)
    return true;
  swap_fence_prepare();
  return call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0, 0) == 0;
}
