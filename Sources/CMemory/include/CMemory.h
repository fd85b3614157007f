#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Overwrites from now on whatever this process lets go of: `free` and `realloc` of the whole process are this target's.
///
/// Texts, buffers of the network and dictionaries are let go of in many places, most of them in libraries that know of no
/// secrets. What they leave behind would stay readable until something else is written over it.
void cordon_wipe_what_is_freed(void);

/// Forbids core dumps, and that other processes of the same user look into this one (prctl(2), PR_SET_DUMPABLE).
///
/// Returns 0, or the number of the error.
int cordon_forbid_dumps(void);

/// Keeps every page of this process that is used, now and later, out of the swap space (mlockall(2)).
///
/// Returns 0, or the number of the error.
int cordon_lock_memory(void);

/// A file in the kernel's memory with these bytes, which is in no process' memory and ends with this one (memfd_create(2)).
///
/// Returns its descriptor, or -1.
int cordon_file_outside_memory(const void *bytes, size_t count);
