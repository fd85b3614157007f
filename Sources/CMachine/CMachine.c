#define _GNU_SOURCE

#include "CMachine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

// linux/magic.h; include/linux/proc_fs.h has the number of the root.
#define PROC_SUPER_MAGIC 0x9fa0
#define PROC_ROOT_INO 1
#define LONGEST_NAME 64

int64_t cordon_seconds_since_boot(void) {
  struct timespec time;
  if (syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &time) != 0) return -1;
  return time.tv_sec;
}

/// The number that `folder` itself has for `name`, whatever is mounted there; 0 where it has none.
static ino_t number_in(int folder, const char *name) {
  int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return 0;
  DIR *list = fdopendir(again);
  if (list == NULL) {
    close(again);
    return 0;
  }
  ino_t number = 0;
  for (struct dirent *entry; number == 0 && (entry = readdir(list)) != NULL;)
    if (strcmp(entry->d_name, name) == 0) number = entry->d_ino;
  closedir(list);
  return number;
}

/// Opens what `folder`, of the file system `device`, has under `name`; -1 with EXDEV where that is not what is found there.
static int open_own(int folder, dev_t device, const char *name, int flags) {
  int found = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);
  if (found < 0) return -1;
  struct stat status;
  // The name is looked up in the list while the file is open: the kernel keeps its number for as long.
  if (fstat(found, &status) == 0 && status.st_dev == device && status.st_ino == number_in(folder, name)) return found;
  close(found);
  errno = EXDEV;
  return -1;
}

static int open_proc(dev_t *device) {
  int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (proc < 0) return -1;
  struct statfs system;
  struct stat status;
  if (fstatfs(proc, &system) == 0 && system.f_type == PROC_SUPER_MAGIC && fstat(proc, &status) == 0
      && status.st_ino == PROC_ROOT_INO) {
    *device = status.st_dev;
    return proc;
  }
  close(proc);
  errno = EXDEV;
  return -1;
}

/// Opens the file at `path` below the folder `at`, which it closes.
static int open_below(int at, dev_t device, const char *path) {
  while (at >= 0) {
    const char *end = strchr(path, '/');
    size_t length = end ? (size_t)(end - path) : strlen(path);
    char name[LONGEST_NAME];
    if (length == 0 || length >= sizeof name) {
      close(at);
      errno = EINVAL;
      return -1;
    }
    memcpy(name, path, length);
    name[length] = 0;
    if (strcmp(name, "self") == 0) {
      // A link to the number that this process has for this `/proc`.
      ssize_t count = readlinkat(at, "self", name, sizeof name - 1);
      name[count < 0 ? 0 : count] = 0;
      if (count <= 0 || strspn(name, "0123456789") != (size_t)count) {
        close(at);
        errno = EXDEV;
        return -1;
      }
    }
    int next = open_own(at, device, name, end ? O_DIRECTORY : 0);
    int reason = errno;
    close(at);
    errno = reason;
    if (next < 0 || end == NULL) return next;
    at = next;
    path = end + 1;
  }
  return -1;
}

ssize_t cordon_read_kernel_file(const char *path, char *bytes, size_t capacity) {
  dev_t device = 0;
  int proc = open_proc(&device);
  if (proc < 0) return -1;
  int file = open_below(proc, device, path);
  if (file < 0) return -1;
  size_t count = 0;
  while (count < capacity) {
    ssize_t more = read(file, bytes + count, capacity - count);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) {
      int reason = errno;
      close(file);
      errno = reason;
      return -1;
    }
    if (more == 0) break;
    count += (size_t)more;
  }
  close(file);
  return (ssize_t)count;
}
