/* A library that is loaded before all others and lets the n-th call of one kind fail: opening, writing or allocating.

   Built by failing.py; armed in a process by fail(kind, n), so that the interpreter starts undisturbed. Only files
   of one folder are opened and written in vain: failures elsewhere say nothing about runs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { NOTHING, OPENING, WRITING, ALLOCATING };

static atomic_int kind = NOTHING;
static atomic_long left = 0;
static char folder[PATH_MAX] = "";

void fail(int which, long number, const char *where) {
    strncpy(folder, where, sizeof folder - 1);
    left = number;
    kind = which;
}

static int now(int which) { return kind == which && atomic_fetch_sub(&left, 1) == 1; }

static int ours(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return !strncmp(path, folder, strlen(folder));
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MODE() va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest)

int open(const char *path, int flags, ...) {
    MODE();
    if (kind == OPENING && !strncmp(path, folder, strlen(folder)) && now(OPENING)) return errno = EMFILE, -1;
    return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE();
    if (kind == OPENING && !strncmp(path, folder, strlen(folder)) && now(OPENING)) return errno = EMFILE, -1;
    return REAL(open64)(path, flags, mode);
}

ssize_t write(int file, const void *bytes, size_t count) {
    if (kind == WRITING && ours(file) && now(WRITING)) return errno = ENOSPC, -1;
    return REAL(write)(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    if (kind == WRITING && ours(file) && now(WRITING)) return errno = ENOSPC, -1;
    return REAL(pwrite64)(file, bytes, count, at);
}

int fsync(int file) {
    if (kind == WRITING && ours(file) && now(WRITING)) return errno = EIO, -1;
    return REAL(fsync)(file);
}

int fdatasync(int file) {
    if (kind == WRITING && ours(file) && now(WRITING)) return errno = EIO, -1;
    return REAL(fdatasync)(file);
}

void *malloc(size_t size) {
    static void *(*real)(size_t) = 0;
    if (!real) real = REAL(malloc);
    if (kind == ALLOCATING && now(ALLOCATING)) return errno = ENOMEM, NULL;
    return real(size);
}
