// Kills the process before the call number $KILL_AT of those that change files under $KILL_UNDER, and keeps in $KILL_COUNT
// how many there were; where $KILL_WHEN is set, only while a file of that name is there, and without what is written into the
// middle of files, of which a database makes many. Preloaded by `kills.py`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int calls;

static void counted(const char *path) {
  const char *under = getenv("KILL_UNDER"), *at = getenv("KILL_AT"), *count = getenv("KILL_COUNT");
  const char *when = getenv("KILL_WHEN");
  if (!under || !at || !count || strncmp(path, under, strlen(under)) != 0) return;
  if (when && access(when, F_OK) != 0) return;
  int number = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (number == atoi(at)) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  int file = open(count, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) abort();
  char byte = 'x';
  if (((ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(file, &byte, 1) != 1) abort();
  close(file);
}

static void counted_file(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  counted(path);
}

#define REAL(type, name, ...) ((type)dlsym(RTLD_NEXT, name))(__VA_ARGS__)

int rename(const char *old, const char *new) {
  counted(new);
  return REAL(int (*)(const char *, const char *), "rename", old, new);
}

int unlink(const char *path) {
  counted(path);
  return REAL(int (*)(const char *), "unlink", path);
}

int ftruncate(int file, off_t length) {
  counted_file(file);
  return REAL(int (*)(int, off_t), "ftruncate", file, length);
}

ssize_t write(int file, const void *bytes, size_t count) {
  counted_file(file);
  return REAL(ssize_t (*)(int, const void *, size_t), "write", file, bytes, count);
}

int fsync(int file) {
  counted_file(file);
  return REAL(int (*)(int), "fsync", file);
}

int fdatasync(int file) {
  counted_file(file);
  return REAL(int (*)(int), "fdatasync", file);
}
