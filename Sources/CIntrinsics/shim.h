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
