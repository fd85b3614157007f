#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has instructions for SHA-256, and two computations at one time are faster than one after the
/// other.
bool sha256_pair_is_in_hardware(void);

/// SHA-256 of two messages at one time, each of them `prefix` and its bytes; only where the processor has instructions.
///
/// The two digests follow each other in `digests`.
void sha256_pair(uint8_t prefix, const uint8_t *first, size_t first_count, const uint8_t *second, size_t second_count,
                 uint8_t digests[64]);
