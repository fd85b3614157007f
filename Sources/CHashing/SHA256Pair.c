#include "SHA256Pair.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define HARDWARE __attribute__((target("sha,sse4.1")))

bool sha256_pair_is_in_hardware(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

// FIPS 180-4, section 4.2.2.
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/// The state in the order of the instructions: words A, B, E, F and C, D, G, H, each from the highest lane down.
typedef struct {
  __m128i abef, cdgh;
} State;

/// A message and its padding, as blocks.
typedef struct {
  State state;
  const uint8_t *bytes;
  /// How many blocks there are, and the place of the first one that is not wholly made of `bytes`.
  size_t blocks, tail;
  uint8_t head_block[64], tail_blocks[128];
} Message;

HARDWARE static inline __m128i load(const uint8_t *block, int place) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + place), order);
}

/// Four rounds of each of the two; an instruction has to wait for the one before it in its own computation only.
#define ROUNDS(place) \
  { \
    const __m128i k = _mm_loadu_si128((const __m128i *)constants + (place)); \
    __m128i m = _mm_add_epi32(w[(place) % 4], k), n = _mm_add_epi32(x[(place) % 4], k); \
    a.cdgh = _mm_sha256rnds2_epu32(a.cdgh, a.abef, m); \
    b.cdgh = _mm_sha256rnds2_epu32(b.cdgh, b.abef, n); \
    m = _mm_shuffle_epi32(m, 0x0e), n = _mm_shuffle_epi32(n, 0x0e); \
    a.abef = _mm_sha256rnds2_epu32(a.abef, a.cdgh, m); \
    b.abef = _mm_sha256rnds2_epu32(b.abef, b.cdgh, n); \
  }

#define NEXT_WORDS(w, place) \
  w[(place) % 4] = _mm_sha256msg2_epu32( \
      _mm_add_epi32(_mm_sha256msg1_epu32(w[(place) % 4], w[((place) + 1) % 4]), \
                    _mm_alignr_epi8(w[((place) + 3) % 4], w[((place) + 2) % 4], 4)), \
      w[((place) + 3) % 4])

HARDWARE static void compress(State *first, const uint8_t *first_block, State *second, const uint8_t *second_block) {
  State a = *first, b = *second;
  __m128i w[4], x[4];
#pragma clang loop unroll(full)
  for (int place = 0; place < 4; place++) {
    w[place] = load(first_block, place), x[place] = load(second_block, place);
    ROUNDS(place)
  }
#pragma clang loop unroll(full)
  for (int place = 4; place < 16; place++) {
    NEXT_WORDS(w, place);
    NEXT_WORDS(x, place);
    ROUNDS(place)
  }
  first->abef = _mm_add_epi32(first->abef, a.abef), first->cdgh = _mm_add_epi32(first->cdgh, a.cdgh);
  second->abef = _mm_add_epi32(second->abef, b.abef), second->cdgh = _mm_add_epi32(second->cdgh, b.cdgh);
}

static inline void begin(Message *message, uint8_t prefix, const uint8_t *bytes, size_t count) {
  const size_t length = count + 1;
  message->state.abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
  message->state.cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
  message->bytes = bytes;
  message->blocks = (length + 8) / 64 + 1;
  message->tail = length / 64;
  uint8_t *tail = message->tail_blocks;
  memset(tail, 0, sizeof message->tail_blocks);
  if (message->tail > 0) {
    message->head_block[0] = prefix;
    memcpy(message->head_block + 1, bytes, 63);
    memcpy(tail, bytes + message->tail * 64 - 1, length % 64);
  } else {
    tail[0] = prefix;
    if (count > 0) memcpy(tail + 1, bytes, count);
  }
  tail[length % 64] = 0x80;
  const uint64_t bits = __builtin_bswap64((uint64_t)length * 8);
  memcpy(tail + (message->blocks - message->tail) * 64 - 8, &bits, 8);
}

static inline const uint8_t *block_at(const Message *message, size_t place) {
  if (place >= message->tail) return message->tail_blocks + (place - message->tail) * 64;
  return place == 0 ? message->head_block : message->bytes + place * 64 - 1;
}

HARDWARE static inline void write(const State *state, uint8_t *digest) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i feba = _mm_shuffle_epi32(state->abef, 0x1b), hgdc = _mm_shuffle_epi32(state->cdgh, 0x1b);
  _mm_storeu_si128((__m128i *)digest, _mm_shuffle_epi8(_mm_unpacklo_epi64(feba, hgdc), order));
  _mm_storeu_si128((__m128i *)digest + 1, _mm_shuffle_epi8(_mm_unpackhi_epi64(feba, hgdc), order));
}

HARDWARE void sha256_pair(uint8_t prefix, const uint8_t *first, size_t first_count, const uint8_t *second,
                          size_t second_count, uint8_t digests[64]) {
  Message a, b;
  begin(&a, prefix, first, first_count);
  begin(&b, prefix, second, second_count);
  const size_t blocks = a.blocks > b.blocks ? a.blocks : b.blocks;
  State finished = a.state;
  for (size_t place = 0; place < blocks; place++) {
    // Beside the rest of the longer one, something is computed that nobody looks at.
    const bool has_first = place < a.blocks, has_second = place < b.blocks;
    compress(has_first ? &a.state : &finished, has_first ? block_at(&a, place) : a.tail_blocks,
             has_second ? &b.state : &finished, has_second ? block_at(&b, place) : b.tail_blocks);
  }
  write(&a.state, digests);
  write(&b.state, digests + 32);
}

#else

bool sha256_pair_is_in_hardware(void) { return false; }

void sha256_pair(uint8_t prefix, const uint8_t *first, size_t first_count, const uint8_t *second, size_t second_count,
                 uint8_t digests[64]) {
  (void)prefix, (void)first, (void)first_count, (void)second, (void)second_count, (void)digests;
  __builtin_trap();
}

#endif
