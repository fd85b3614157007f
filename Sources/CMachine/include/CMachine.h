#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// For how many seconds the machine has run, with those in which it slept (CLOCK_BOOTTIME), asked of the kernel itself.
///
/// A library that answers for the clock of one process is not asked, nor is a file. Returns -1 where the kernel does not say.
int64_t cordon_seconds_since_boot(void);

/// Reads a file of the kernel's own by its path below `/proc`, into at most `capacity` bytes.
///
/// Each folder on the way, and the file, has to be the one that the kernel has there: nothing that was mounted over it. A first
/// name `self` is this process.
///
/// Returns how many bytes there are; -1 with the reason in `errno`: ENOENT where the kernel has no such file, EXDEV where
/// something else lies in its place.
ssize_t cordon_read_kernel_file(const char *path, char *bytes, size_t capacity);
