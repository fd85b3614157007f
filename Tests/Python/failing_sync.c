// Makes fdatasync of a log segment fail while the file $FAIL_SYNC_WHEN is there, and counts how often it was tried in
// $FAIL_SYNC_COUNT. Preloaded into the gateway by test_ledger_disk.py.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_segment(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 4 && memcmp(path + length - 4, ".seg", 4) == 0;
}

int fdatasync(int descriptor) {
  const char *when = getenv("FAIL_SYNC_WHEN");
  const char *count = getenv("FAIL_SYNC_COUNT");
  if (when && count && access(when, F_OK) == 0 && is_segment(descriptor)) {
    int file = open(count, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file >= 0) {
      if (write(file, "x", 1) != 1) abort();
      close(file);
    }
    errno = EIO;
    return -1;
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(descriptor);
}
