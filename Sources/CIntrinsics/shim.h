#pragma once

// What Swift has no way to say to the processor.

// Asks for a cache line to be brought into the second-level cache. Never faults, and changes no result.
static inline __attribute__((always_inline)) void icd_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

typedef float icd_float8 __attribute__((ext_vector_type(8)));

// The square roots of eight floats, correctly rounded, in one instruction where there is one. Swift's `squareRoot` of a
// vector takes its lanes one by one; the results are the same.
static inline __attribute__((always_inline)) icd_float8 icd_square_root(icd_float8 x) {
  return __builtin_elementwise_sqrt(x);
}

// The sums of the lanes of eight vectors, one to a lane: halves first, then pairs, then single lanes. Swift has shuffles of
// single lanes only, and what the compiler makes of eight of them waits for memory.
static inline __attribute__((always_inline)) icd_float8 icd_lane_sums(
  icd_float8 v0, icd_float8 v1, icd_float8 v2, icd_float8 v3, icd_float8 v4, icd_float8 v5, icd_float8 v6, icd_float8 v7) {
#define ICD_HALVES(x, y) \
  (__builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15))
#define ICD_PAIRS(x, y) \
  (__builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13) + __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15))
  icd_float8 p = ICD_HALVES(v0, v4), q = ICD_HALVES(v1, v5);
  icd_float8 r = ICD_HALVES(v2, v6), s = ICD_HALVES(v3, v7);
  icd_float8 t = ICD_PAIRS(p, q), u = ICD_PAIRS(r, s);
  return __builtin_shufflevector(t, u, 0, 2, 8, 10, 4, 6, 12, 14)
    + __builtin_shufflevector(t, u, 1, 3, 9, 11, 5, 7, 13, 15);
#undef ICD_HALVES
#undef ICD_PAIRS
}

typedef float icd_float16 __attribute__((ext_vector_type(16)));

// x y + z, rounded once. Swift's `addingProduct` takes the lanes one by one, and what the compiler puts together again is not
// always what was written: sine and cosine side by side came out as one vector of both, with single lanes in between.
static inline __attribute__((always_inline)) icd_float8 icd_multiply_add(icd_float8 x, icd_float8 y, icd_float8 z) {
  return __builtin_elementwise_fma(x, y, z);
}
static inline __attribute__((always_inline)) icd_float16 icd_multiply_add_16(icd_float16 x, icd_float16 y, icd_float16 z) {
  return __builtin_elementwise_fma(x, y, z);
}
