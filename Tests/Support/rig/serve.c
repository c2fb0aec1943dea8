// SPDX-License-Identifier: Apache-2.0
// A copy of a service that answers every HTTP request with its own name (and /metrics with a figure): what a flip moves traffic between. It can also
// be told to misbehave, for releases that must not come through.
#define _GNU_SOURCE
#include "serve.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { WAITERS = 4096 };
// How this copy misbehaves; spans in milliseconds from its start, -1 for never.
static struct {
    long exit_after, sick_after, flap, delay, leak;
} mood = {-1, -1, -1, -1, -1};
static long started;
// Who waits for a late answer.
static struct {
    int fd;
    long due;
} waiter[WAITERS];

static long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

socklen_t parse_address(const char *text, struct sockaddr_storage *out) {
    char host[64];
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host) return 0;
    memset(out, 0, sizeof *out);
    int port = atoi(colon + 1);
    if (*text == '[') {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
        snprintf(host, sizeof host, "%.*s", (int)(colon - text - 2), text + 1);
        char *zone = strchr(host, '%');
        if (zone) *zone = 0, six->sin6_scope_id = if_nametoindex(zone + 1);
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host, &six->sin6_addr) == 1 ? sizeof *six : 0;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    four->sin_family = AF_INET;
    four->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &four->sin_addr) == 1 ? sizeof *four : 0;
}

static int listen_at(const char *text) {
    struct sockaddr_storage address;
    socklen_t length = parse_address(text, &address);
    int yes = 1;
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (!length || bind(fd, (struct sockaddr *)&address, length) || listen(fd, 4096)) {
        fprintf(stderr, "serve: %s: %s\n", text, strerror(errno));
        exit(1);
    }
    return fd;
}

static int is_sick(void) {
    long age = now_ms() - started;
    return (mood.sick_after >= 0 && age >= mood.sick_after) || (mood.flap > 0 && age / mood.flap % 2);
}

static long leaked;

static int respond(int fd, const char *name, int closes, int metrics) {
    char response[512], figures[64];
    const char *body = is_sick() ? "the ledger cannot be read" : name;
    if (metrics) {
        snprintf(figures, sizeof figures, "serve_memory_bytes %ld\n", (1 + leaked) << 20);
        body = figures;
    }
    int length = snprintf(response, sizeof response, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s",
                          is_sick() ? "500 Internal Server Error" : "200 OK", strlen(body),
                          closes ? "Connection: close\r\n" : "", body);
    return send(fd, response, (size_t)length, MSG_NOSIGNAL) == length && !closes;
}

// Requests of the load generator are short and carry no body; "close" in one is asked for by `Connection: close`.
static int answer(int fd, const char *name) {
    char request[4096];
    ssize_t got = recv(fd, request, sizeof request - 1, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) {
        for (int i = 0; mood.delay > 0 && i < WAITERS; i++)
            if (waiter[i].fd == fd) waiter[i].fd = 0;
        return 0;
    }
    request[got] = 0;
    if (mood.delay > 0)
        for (int i = 0; i < WAITERS; i++)
            if (waiter[i].fd == 0) {
                waiter[i].fd = fd, waiter[i].due = now_ms() + mood.delay;
                return 1;
            }
    return respond(fd, name, strstr(request, "onnection: close") != NULL, strncmp(request, "GET /metrics ", 13) == 0);
}

// What comes with time: late answers, memory that is never given back, an end.
static void grow_older(const char *name) {
    long age = now_ms() - started;
    for (int i = 0; mood.delay > 0 && i < WAITERS; i++)
        if (waiter[i].fd && waiter[i].due <= now_ms()) {
            respond(waiter[i].fd, name, 1, 0);
            close(waiter[i].fd);
            waiter[i].fd = 0;
        }
    for (; mood.leak > 0 && leaked < mood.leak * age / 1000; leaked++) {
        char *more = malloc(1 << 20);
        if (!more) {
            fprintf(stderr, "serve: out of memory: %ld MB are in use\n", leaked);
            exit(9);
        }
        memset(more, 1, 1 << 20);
    }
    if (mood.exit_after >= 0 && age >= mood.exit_after) {
        fputs("serve: the ledger cannot be read: no such table\n", stderr);
        exit(3);
    }
}

// --exit-after MS   ends with a complaint        --sick-after MS   answers 500 from then on
// --flap MS         well and sick by turns       --delay MS        answers that late    --leak MB   a second
static int read_mood(int count, char **arguments) {
    int used = 0;
    for (; used + 1 < count && strncmp(arguments[used], "--", 2) == 0; used += 2) {
        const char *flag = arguments[used] + 2;
        long value = atol(arguments[used + 1]);
        if (strcmp(flag, "exit-after") == 0) mood.exit_after = value;
        else if (strcmp(flag, "sick-after") == 0) mood.sick_after = value;
        else if (strcmp(flag, "flap") == 0) mood.flap = value;
        else if (strcmp(flag, "delay") == 0) mood.delay = value;
        else if (strcmp(flag, "leak") == 0) mood.leak = value;
        else break;
    }
    return used;
}

int serve(int count, char **arguments) {
    started = now_ms();
    int flags = read_mood(count, arguments);
    count -= flags, arguments += flags;
    if (count < 2) {
        fputs("usage: load serve [--FLAG N]... NAME ADDRESS:PORT...\n", stderr);
        return 64;
    }
    grow_older(arguments[0]);
    const int misbehaves = mood.exit_after >= 0 || mood.delay > 0 || mood.leak > 0;
    int poll = epoll_create1(EPOLL_CLOEXEC), listeners = 0, listener[64];
    for (int i = 1; i < count && listeners < 64; i++) {
        listener[listeners] = listen_at(arguments[i]);
        struct epoll_event event = {EPOLLIN, {.fd = listener[listeners++]}};
        epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    puts("listening");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, misbehaves ? 10 : -1);
        grow_older(arguments[0]);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd, is_listener = 0;
            for (int l = 0; l < listeners; l++) is_listener |= listener[l] == fd;
            if (!is_listener) {
                if (!answer(fd, arguments[0])) close(fd);
                continue;
            }
            int accepted, yes = 1;
            while ((accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                struct epoll_event event = {EPOLLIN, {.fd = accepted}};
                epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
            }
        }
    }
}
