#define _GNU_SOURCE
#include "CMemory.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

// The GNU C library's own. All functions that give or take memory are replaced together: whatever another library brings
// in their place, what one of these gave goes back to the allocator that it came from.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void *__libc_valloc(size_t);
extern void *__libc_pvalloc(size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

static atomic_bool wipes;

void cordon_wipe_what_is_freed(void) { atomic_store(&wipes, true); }

void *malloc(size_t count) { return __libc_malloc(count); }
void *calloc(size_t count, size_t size) { return __libc_calloc(count, size); }
void *memalign(size_t alignment, size_t count) { return __libc_memalign(alignment, count); }
void *aligned_alloc(size_t alignment, size_t count) { return __libc_memalign(alignment, count); }
void *valloc(size_t count) { return __libc_valloc(count); }
void *pvalloc(size_t count) { return __libc_pvalloc(count); }

int posix_memalign(void **memory, size_t alignment, size_t count) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  void *given = __libc_memalign(alignment, count);
  if (!given) return ENOMEM;
  *memory = given;
  return 0;
}

void free(void *memory) {
  if (memory && atomic_load_explicit(&wipes, memory_order_relaxed)) {
    explicit_bzero(memory, malloc_usable_size(memory));
  }
  __libc_free(memory);
}

void *realloc(void *memory, size_t count) {
  if (!memory || !atomic_load_explicit(&wipes, memory_order_relaxed)) return __libc_realloc(memory, count);
  if (count == 0) {
    free(memory);
    return NULL;
  }
  size_t held = malloc_usable_size(memory);
  if (count <= held) {
    // INVARIANT: what is given away at the end is overwritten before the C library may take it.
    explicit_bzero((char *)memory + count, held - count);
    return held - count < count ? memory : __libc_realloc(memory, count);
  }
  void *grown = malloc(count);
  if (!grown) return NULL;
  memcpy(grown, memory, held);
  free(memory);
  return grown;
}

int cordon_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno; }

int cordon_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 ? 0 : errno; }

int cordon_file_outside_memory(const void *bytes, size_t count) {
  int file = memfd_create("", MFD_CLOEXEC);
  if (file < 0) return -1;
  if (write(file, bytes, count) == (ssize_t)count) return file;
  close(file);
  return -1;
}
