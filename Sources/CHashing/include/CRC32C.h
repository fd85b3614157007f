#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How many bytes each of the stretches has that are read at one time.
#define CRC32C_STRETCH 128

/// Whether this processor has instructions for CRC-32C.
bool crc32c_is_in_hardware(void);

/// The CRC-32C of bytes, by the processor's instructions; only where it has them.
///
/// `past` says by each byte of a state, the lowest first, what that becomes past a stretch of zeros: 4 times 256 states.
uint32_t crc32c_in_hardware(const uint8_t *bytes, size_t count, const uint32_t *past);
