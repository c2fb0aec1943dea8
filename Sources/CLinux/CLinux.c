// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int bundle_rename_noreplace(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE);
}

int bundle_rename_exchange(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_EXCHANGE);
}

int bundle_syncfs(int descriptor) {
    return syncfs(descriptor);
}

int bundle_openat(int directory, const char *name, int flags) {
    return openat(directory, name, flags);
}

int bundle_openat_create(int directory, const char *name, int flags, unsigned int mode) {
    return openat(directory, name, flags, (mode_t)mode);
}

int bundle_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

int bundle_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}
