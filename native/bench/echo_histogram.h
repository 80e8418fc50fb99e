/*
 * echo_histogram.h: how many took how many nanoseconds: exact below 2,048, to one part in 1,024 above.
 */
#ifndef ECHO_HISTOGRAM_H
#define ECHO_HISTOGRAM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

enum { EXACT = 2048, HALF = EXACT / 2, DOUBLINGS = 40 };

struct histogram {
  int64_t counts[EXACT + DOUBLINGS * HALF];
};

static void histogram_add(struct histogram *histogram, int64_t value) {
  uint64_t v = value < 0 ? 0 : (uint64_t)value;
  if (v < EXACT) {
    histogram->counts[v]++;
    return;
  }
  int shift = 63 - __builtin_clzll(v) - 10; /* leaves HALF <= v >> shift < EXACT */
  histogram->counts[EXACT + (shift - 1) * HALF + (int)(v >> shift) - HALF]++;
}

/* A line of name, nanoseconds and count for each that is there: the middle of what is counted together. */
static void histogram_print(const struct histogram *histogram, const char *name) {
  for (int i = 0; i < EXACT + DOUBLINGS * HALF; i++) {
    if (histogram->counts[i] == 0)
      continue;
    int shift = i < EXACT ? 0 : (i - EXACT) / HALF + 1;
    uint64_t from = i < EXACT ? (uint64_t)i : (uint64_t)((i - EXACT) % HALF + HALF) << shift;
    printf("%s %" PRIu64 " %" PRId64 "\n", name, from + (UINT64_C(1) << shift) / 2, histogram->counts[i]);
  }
}

#endif
