#include "CRC32C.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>

#define HARDWARE __attribute__((target("sse4.2")))
#define STEP_8(state, word) ((uint32_t)_mm_crc32_u64(state, word))
#define STEP_1(state, byte) _mm_crc32_u8(state, byte)

bool crc32c_is_in_hardware(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
}

#elif defined(__aarch64__) && defined(__linux__) && defined(__AARCH64EL__)

#include <arm_acle.h>
#include <sys/auxv.h>

#define HARDWARE __attribute__((target("crc")))
#define STEP_8(state, word) __crc32cd(state, word)
#define STEP_1(state, byte) __crc32cb(state, byte)

bool crc32c_is_in_hardware(void) { return getauxval(AT_HWCAP) & 1 << 7 /* HWCAP_CRC32 */; }

#else

bool crc32c_is_in_hardware(void) { return false; }

uint32_t crc32c_in_hardware(const uint8_t *bytes, size_t count, const uint32_t *past) {
  (void)bytes, (void)count, (void)past;
  __builtin_trap();
}

#endif

#if defined(HARDWARE)

static inline uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static inline uint32_t past_a_stretch(uint32_t state, const uint32_t *past) {
  return past[state & 0xFF] ^ past[0x100 | (state >> 8 & 0xFF)] ^ past[0x200 | (state >> 16 & 0xFF)]
      ^ past[0x300 | state >> 24];
}

HARDWARE uint32_t crc32c_in_hardware(const uint8_t *bytes, size_t count, const uint32_t *past) {
  uint32_t state = 0xFFFFFFFF;
  // An instruction takes three cycles and one can begin in each, so three stretches are read at one time: the later two
  // begin from nothing, and the states before them are moved past them.
  for (; count >= 3 * CRC32C_STRETCH; bytes += 3 * CRC32C_STRETCH, count -= 3 * CRC32C_STRETCH) {
    uint32_t second = 0, third = 0;
    for (size_t place = 0; place < CRC32C_STRETCH; place += 8) {
      state = STEP_8(state, word_at(bytes + place));
      second = STEP_8(second, word_at(bytes + CRC32C_STRETCH + place));
      third = STEP_8(third, word_at(bytes + 2 * CRC32C_STRETCH + place));
    }
    state = third ^ past_a_stretch(second ^ past_a_stretch(state, past), past);
  }
  for (; count >= 8; bytes += 8, count -= 8) state = STEP_8(state, word_at(bytes));
  for (; count > 0; bytes++, count--) state = STEP_1(state, *bytes);
  return ~state;
}

#endif
