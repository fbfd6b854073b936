/*
 * Records the I/O of a process for the power-cut test. Preloaded (LD_PRELOAD), it appends every write to the files named
 * log-*.mdb and every flush of them, in order, to the file POWER_CUT_JOURNAL. From the journal the test reconstructs what a
 * disk would hold had the power failed at any moment: what was flushed, and of the rest nothing or a part. Writes of the
 * process to the file POWER_CUT_REPORT are recorded in the same order: what it had acknowledged by then.
 *
 * With POWER_CUT_FAIL_FLUSHES_FROM=n every flush from the n-th on fails with EIO.
 *
 * An entry is 24 bytes (u32 kind, u32 length, u64 offset, u64 flush) and then, for a write, its bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, DURABLE_WRITE = 2, FLUSH_BEGUN = 3, FLUSH_DONE = 4, REPORT = 5, TRUNCATE = 6 };
enum { OTHER = 0, DATA = 1, DURABLE_DATA = 2, REPORT_FILE = 3 };
#define FILES_MAX 4096

static pthread_mutex_t journal_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char kind_of[FILES_MAX];
static int journal = -1;
static uint64_t flushes = 0;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void record(uint32_t kind, uint64_t offset, uint64_t flush, const struct iovec *parts, int count) {
  struct { uint32_t kind, length; uint64_t offset, flush; } head = {kind, 0, offset, flush};
  struct iovec all[1025];
  for (int i = 0; i < count; i++) { all[i + 1] = parts[i]; head.length += parts[i].iov_len; }
  all[0].iov_base = &head;
  all[0].iov_len = sizeof head;
  if (journal >= 0 && REAL(writev)(journal, all, count + 1) != (ssize_t)(sizeof head + head.length)) abort();
}

static int kind(int fd) { return fd >= 0 && fd < FILES_MAX ? kind_of[fd] : OTHER; }

static int opened(int fd, const char *path, int flags) {
  if (fd < 0 || fd >= FILES_MAX) return fd;
  const char *name = strrchr(path, '/');
  const char *report = getenv("POWER_CUT_REPORT");
  size_t length = strlen(path);
  kind_of[fd] = OTHER;
  if (report && !strcmp(path, report)) kind_of[fd] = REPORT_FILE;
  else if (name && !strncmp(name, "/log-", 5) && length > 4 && !strcmp(path + length - 4, ".mdb")) {
    kind_of[fd] = (flags & O_DSYNC) ? DURABLE_DATA : DATA;
    if (journal < 0 && getenv("POWER_CUT_JOURNAL")) journal = REAL(open)(getenv("POWER_CUT_JOURNAL"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  return fd;
}

static int mode_of(int flags, va_list rest) { return (flags & O_CREAT) ? va_arg(rest, int) : 0; }

int open(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); int mode = mode_of(flags, rest); va_end(rest);
  return opened(REAL(open)(path, flags, mode), path, flags);
}

int open64(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); int mode = mode_of(flags, rest); va_end(rest);
  return opened(REAL(open64)(path, flags, mode), path, flags);
}

int close(int fd) {
  if (fd >= 0 && fd < FILES_MAX) kind_of[fd] = OTHER;
  return REAL(close)(fd);
}

static uint32_t entry_kind(int fd) { return kind(fd) == REPORT_FILE ? REPORT : kind(fd) == DURABLE_DATA ? DURABLE_WRITE : WRITE; }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (kind(fd) == OTHER) return REAL(writev)(fd, parts, count);
  pthread_mutex_lock(&journal_lock);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t written = REAL(writev)(fd, parts, count);
  if (written > 0) record(entry_kind(fd), offset, 0, parts, count);
  pthread_mutex_unlock(&journal_lock);
  return written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (kind(fd) == OTHER) return REAL(write)(fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return writev(fd, &part, 1);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  if (kind(fd) == OTHER) return REAL(pwrite64)(fd, bytes, length, offset);
  pthread_mutex_lock(&journal_lock);
  ssize_t written = REAL(pwrite64)(fd, bytes, length, offset);
  struct iovec part = {(void *)bytes, written > 0 ? (size_t)written : 0};
  if (written > 0) record(entry_kind(fd), offset, 0, &part, 1);
  pthread_mutex_unlock(&journal_lock);
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

int ftruncate64(int fd, off64_t length) {
  int result = REAL(ftruncate64)(fd, length);
  pthread_mutex_lock(&journal_lock);
  if (result == 0 && kind(fd) != OTHER && kind(fd) != REPORT_FILE) record(TRUNCATE, length, 0, 0, 0);
  pthread_mutex_unlock(&journal_lock);
  return result;
}

/* A flush covers what was written before it began; what is written meanwhile may or may not be on the disk. */
static int flushed(int fd, int (*flush)(int)) {
  if (kind(fd) == OTHER) return flush(fd);
  pthread_mutex_lock(&journal_lock);
  uint64_t number = ++flushes;
  record(FLUSH_BEGUN, 0, number, 0, 0);
  pthread_mutex_unlock(&journal_lock);
  const char *failing = getenv("POWER_CUT_FAIL_FLUSHES_FROM");
  if (failing && number >= strtoull(failing, 0, 10)) { errno = EIO; return -1; }
  int result = flush(fd);
  pthread_mutex_lock(&journal_lock);
  if (result == 0) record(FLUSH_DONE, 0, number, 0, 0);
  pthread_mutex_unlock(&journal_lock);
  return result;
}

int fdatasync(int fd) { return flushed(fd, REAL(fdatasync)); }
int fsync(int fd) { return flushed(fd, REAL(fsync)); }
