// Makes fdatasync of a log segment fail while the file $FAIL_SYNC_WHEN is there, and counts how often it was tried in
// $FAIL_SYNC_COUNT. With $FAIL_SYNC_UNDER only segments whose path has that in it. Preloaded into gateways by conftest.py.
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
  if (length <= 4 || length == sizeof path) return 0;
  path[length] = 0;
  const char *under = getenv("FAIL_SYNC_UNDER");
  return memcmp(path + length - 4, ".seg", 4) == 0 && (!under || strstr(path, under));
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
