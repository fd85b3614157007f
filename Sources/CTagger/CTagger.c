#include "CTagger.h"

#include <float.h>
#include <math.h>
#include <string.h>

// The same operations in the same order at every width of a processor's vectors, so that no processor finds what
// another does not. Therefore nothing is contracted, and sums are taken in an order that is written out.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define EVERY_WIDTH
#endif

// Values of these types stay within functions: how they are passed depends on the width.
typedef float Tags __attribute__((vector_size(64)));
typedef int32_t Bits __attribute__((vector_size(64)));
typedef int16_t Sums __attribute__((vector_size(32)));
typedef int8_t Row __attribute__((vector_size(16)));

/// The element at `index` of an array of this type.
#define LOAD(type, array, index) \
  ({ \
    type loaded; \
    memcpy(&loaded, (const char *)(array) + sizeof loaded * (index), sizeof loaded); \
    loaded; \
  })
#define STORE(array, index, value) memcpy((char *)(array) + sizeof(value) * (index), &(value), sizeof(value))
#define INLINED static inline __attribute__((always_inline))

// Both halve the values until one is left.
#define HALVED(combined, v) \
  const __auto_type eight = combined(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), \
                                     __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)); \
  const __auto_type four = combined(__builtin_shufflevector(eight, eight, 0, 1, 2, 3), \
                                    __builtin_shufflevector(eight, eight, 4, 5, 6, 7)); \
  const __auto_type two = combined(__builtin_shufflevector(four, four, 0, 1), __builtin_shufflevector(four, four, 2, 3)); \
  return combined(two, __builtin_shufflevector(two, two, 1, 0))[0]
#define ADDED(a, b) ((a) + (b))

INLINED float sum_of(const Tags *tags) { HALVED(ADDED, *tags); }
INLINED float highest_of(const Tags *tags) { HALVED(__builtin_elementwise_max, *tags); }

/// `vector` times the matrix of these rows, into itself.
INLINED void multiply(Tags *vector, const void *rows) {
  // Spread from memory, an element costs one load; from a register, two shuffles.
  float each[TAGGER_TAGS];
  memcpy(each, vector, sizeof each);
  __asm__("" : "+m"(each));
  Tags even = {0}, odd = {0};
  for (int i = 0; i < TAGGER_TAGS; i += 2) {
    even += each[i] * LOAD(Tags, rows, i);
    odd += each[i + 1] * LOAD(Tags, rows, i + 1);
  }
  *vector = even + odd;
}

/// Two to the whole part is put together from bits; two to the rest, between -1/2 and 1/2, is a polynomial.
INLINED void exponentiate(Tags *values) {
  Tags bounded = *values * 1.44269504f;
  bounded = __builtin_elementwise_min(__builtin_elementwise_max(bounded, (Tags){0} - 126), (Tags){0} + 126);
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
  const Tags shifted = bounded + 12582912.0f;
  const Tags rest = bounded - (shifted - 12582912.0f);
  Tags power = rest * 0.00133336f + 0.00961813f;
  power = power * rest + 0.05550411f;
  power = power * rest + 0.24022651f;
  power = power * rest + 0.69314718f;
  power = power * rest + 1;
  *values = power * (Tags)(((Bits)shifted - 0x4B400000 + 127) << 23);
}

void tagger_exponential(const void *values, void *powers) {
  Tags tags = LOAD(Tags, values, 0);
  exponentiate(&tags);
  STORE(powers, 0, tags);
}

EVERY_WIDTH void tagger_number(const uint64_t *values, size_t features, uint32_t mask, const void *rows,
                               uint32_t *numbers) {
  for (uint32_t feature = 0; feature < features; feature++) {
    const uint64_t first = (uint32_t)values[feature];
    const uint64_t second = (uint32_t)((uint32_t)(values[feature] >> 32) + feature * 0x85EBCA6B);
    uint64_t hash = first * 0x9E3779B97F4A7C15 ^ second * 0xC2B2AE3D27D4EB4F;
    hash ^= hash >> 32;
    hash *= 0xD6E8FEB86659FD93;
    numbers[feature] = (uint32_t)(hash >> 40) & mask;
  }
  for (size_t feature = 0; rows && feature < features; feature++) {
    __builtin_prefetch((const Row *)rows + numbers[feature]);
  }
}

EVERY_WIDTH void tagger_scores(const void *rows, const uint32_t *features, size_t features_per_word, size_t words,
                               float scale, void *scores, float *leads) {
  for (size_t word = 0; word < words; word++, features += features_per_word) {
    Sums sum = {0};
    for (size_t i = 0; i < features_per_word; i++) {
      sum += __builtin_convertvector(LOAD(Row, rows, (size_t)features[i]), Sums);
    }
    Tags score = __builtin_convertvector(sum, Tags) * scale;
    STORE(scores, word, score);
    const float outside = score[0];
    score[0] = -FLT_MAX;
    leads[word] = outside - highest_of(&score);
  }
}

/// Probabilities are scaled at every word, so that no stretch is too long. `steps` may be nowhere.
INLINED float forward_backward(const void *scores, size_t first, size_t words, const void *leaving,
                               const void *reaching, void *emissions, void *marginals, void *steps) {
  float logarithm = 0;
  Tags current = {1};
  for (size_t word = 0; word < words; word++) {
    Tags emission = LOAD(Tags, scores, first + word);
    const float highest = highest_of(&emission);
    emission -= highest;
    exponentiate(&emission);
    multiply(&current, leaving);
    current *= emission;
    const float sum = sum_of(&current);
    current *= 1 / sum;
    if (steps) logarithm += highest + logf(sum);
    STORE(emissions, word, emission);
    STORE(marginals, word, current);
  }
  Tags backward = (Tags){0} + 1;
  for (size_t word = words; word-- > 0;) {
    const Tags weighted = LOAD(Tags, emissions, word) * backward;
    backward = weighted;
    multiply(&backward, reaching);
    Tags before = {1};
    if (word > 0) before = LOAD(Tags, marginals, word - 1);
    Tags joint = before * backward;
    const float scale = 1 / __builtin_elementwise_max(sum_of(&joint), FLT_MIN);
    for (int tag = 0; steps && tag < TAGGER_TAGS; tag++) {
      Tags expected = LOAD(Tags, steps, tag);
      expected += before[tag] * scale * LOAD(Tags, leaving, tag) * weighted;
      STORE(steps, tag, expected);
    }
    backward *= scale;
    joint = before * backward;
    if (word > 0) STORE(marginals, word - 1, joint);
  }
  return logarithm;
}

EVERY_WIDTH void tagger_marginals(const void *scores, size_t first, size_t words, const void *leaving,
                                  const void *reaching, void *emissions, void *marginals) {
  forward_backward(scores, first, words, leaving, reaching, emissions, marginals, NULL);
}

EVERY_WIDTH float tagger_expectations(const void *scores, size_t first, size_t words, const void *leaving,
                                      const void *reaching, void *emissions, void *marginals, void *steps) {
  memset(steps, 0, TAGGER_TAGS * sizeof(Tags));
  return forward_backward(scores, first, words, leaving, reaching, emissions, marginals, steps);
}
