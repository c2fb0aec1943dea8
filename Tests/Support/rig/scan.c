// SPDX-License-Identifier: Apache-2.0
// Which TCP ports of an address answer: all 65,535 of them, many at a time, without waiting for each other. One line
// `ADDRESS PORT` for each that accepts a connection; a count of what was refused and what gave no answer on stderr.
#define _GNU_SOURCE
#include "serve.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 65535 };
static int at_once = AT_ONCE;
static struct {
    int fd, port;
    double began;
} trying[AT_ONCE];
static int refused, silent, unreachable, opened;

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void count_failure(int error) {
    if (error == ECONNREFUSED) refused++;
    else if (error == ETIMEDOUT) silent++;
    else unreachable++;
}

static void forget(int slot) {
    // A reset instead of a farewell: no TIME_WAIT on either side.
    struct linger hard = {1, 0};
    setsockopt(trying[slot].fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(trying[slot].fd);
    trying[slot].fd = -1;
}

// Begins a connection in that place; nothing is left there when the answer is known at once.
static void try_port(int poll, int slot, const char *address, int port) {
    char text[128];
    struct sockaddr_storage where;
    snprintf(text, sizeof text, strchr(address, ':') ? "[%s]:%d" : "%s:%d", address, port);
    socklen_t length = parse_address(text, &where);
    int fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (!length || fd < 0) {
        fprintf(stderr, "scan: %s: %s\n", text, length ? strerror(errno) : "not an address");
        exit(64);
    }
    trying[slot].fd = fd, trying[slot].port = port, trying[slot].began = now_s();
    if (connect(fd, (struct sockaddr *)&where, length) && errno != EINPROGRESS) {
        count_failure(errno);
        return forget(slot);
    }
    struct epoll_event event = {EPOLLOUT, {.u32 = (uint32_t)slot}};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void settle(const char *address, int slot) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(trying[slot].fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) count_failure(error);
    else opened++, printf("%s %d\n", address, trying[slot].port);
    forget(slot);
}

static void scan_address(const char *address, double timeout) {
    int poll = epoll_create1(EPOLL_CLOEXEC), next = 1, busy = 1;
    for (int i = 0; i < at_once; i++) trying[i].fd = -1;
    while (next <= 65535 || busy) {
        for (int i = 0; i < at_once && next <= 65535; i++)
            if (trying[i].fd < 0) try_port(poll, i, address, next++);
        struct epoll_event events[4096];
        int ready = epoll_wait(poll, events, 4096, 50);
        for (int i = 0; i < ready; i++) settle(address, (int)events[i].data.u32);
        busy = 0;
        double t = now_s();
        for (int i = 0; i < at_once; i++) {
            if (trying[i].fd >= 0 && t - trying[i].began > timeout) silent++, forget(i);
            busy |= trying[i].fd >= 0;
        }
    }
    close(poll);
}

int scan(int count, char **arguments) {
    double timeout = 2;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < AT_ONCE + 64) at_once = (int)files.rlim_max - 64;
    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "--timeout") == 0 && i + 1 < count) {
            timeout = atof(arguments[++i]);
            continue;
        }
        double began = now_s();
        refused = silent = unreachable = opened = 0;
        scan_address(arguments[i], timeout);
        fprintf(stderr, "scan: %s: %d open, %d refused, %d silent, %d unreachable, in %.1f s\n", arguments[i], opened,
                refused, silent, unreachable, now_s() - began);
    }
    return 0;
}
