/*
 * cxx_runtime.cpp: the little of the C++ runtime that JavaCPP's generated code asks for.
 *
 * The generated code is C++, but compiled without exceptions and type information all it needs is operator new and
 * delete. Defined here, the library depends on no libstdc++ and no libgcc: it loads on machines that have another
 * version of them or none, and it can't clash with the C++ runtime of somebody else's native library. All of it stays
 * inside our library, whose version script exports nothing of it.
 */
#include <new>

#include <stdlib.h>

namespace std {
const nothrow_t nothrow{};
}

/* Without exceptions there is no way to report that memory has run out, except by the null that nothrow allows. */
void *operator new(size_t size) {
  void *p = malloc(size);
  if (p == nullptr) {
    abort();
  }
  return p;
}

void *operator new[](size_t size) {
  return operator new(size);
}

void *operator new(size_t size, const std::nothrow_t &) noexcept {
  return malloc(size);
}

void *operator new[](size_t size, const std::nothrow_t &) noexcept {
  return malloc(size);
}

void operator delete(void *p) noexcept {
  free(p);
}

void operator delete[](void *p) noexcept {
  free(p);
}

void operator delete(void *p, size_t) noexcept {
  free(p);
}

void operator delete[](void *p, size_t) noexcept {
  free(p);
}
