// SPDX-License-Identifier: Apache-2.0
// A copy of a service that answers every HTTP request with its own name: what a flip moves traffic between.
#define _GNU_SOURCE
#include "serve.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

socklen_t parse_address(const char *text, struct sockaddr_storage *out) {
    char host[64];
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host) return 0;
    memset(out, 0, sizeof *out);
    int port = atoi(colon + 1);
    if (*text == '[') {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
        snprintf(host, sizeof host, "%.*s", (int)(colon - text - 2), text + 1);
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

// Requests of the load generator are short and carry no body; "close" in one is asked for by `Connection: close`.
static int answer(int fd, const char *name) {
    char request[4096], response[512];
    ssize_t got = recv(fd, request, sizeof request - 1, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return 0;
    request[got] = 0;
    int closes = strstr(request, "onnection: close") != NULL;
    int length = snprintf(response, sizeof response, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n%s", strlen(name),
                          closes ? "Connection: close\r\n" : "", name);
    return send(fd, response, (size_t)length, MSG_NOSIGNAL) == length && !closes;
}

int serve(int count, char **arguments) {
    if (count < 2) {
        fputs("usage: load serve NAME ADDRESS:PORT...\n", stderr);
        return 64;
    }
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
        int ready = epoll_wait(poll, events, 256, -1);
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
