// SPDX-License-Identifier: Apache-2.0
// Load from many connections at once, and an honest count of what failed.
//
//   load [option]... TARGET...      TARGET: http://ADDRESS:PORT/PATH, nats://ADDRESS:PORT or redis://…, IPv6 in brackets
//     --workers N     connections at a time, for each target and each mode (default 4)
//     --mode new|keep|both          a connection a request, or kept open (default both)
//     --pause MS      what a worker waits between requests (default 0)
//     --seconds S     how long (default: until SIGTERM or SIGINT)
//     --strict        a new connection that is cut before it is answered is a failure, though a retry may succeed
//     --retry         any failure is repeated once, on a new connection; it counts when that fails too
//     --no-retry      nothing is repeated: a cut on any connection, kept ones too, is a failure
//     --timeout S     for a connect, and for an answer (default 30: a hold makes a connect wait)
//   load serve [--FLAG N]... NAME ADDRESS:PORT...
//   load scan [--timeout S] ADDRESS...
//
// A request fails when a new connection is refused or times out, when it is answered with a bad status, or when it was
// cut on an open connection and one retry on a new connection fails too (RFC 9112 section 9.3.1). One JSON object on
// stdout; exit status 1 when a request failed.
#define _GNU_SOURCE
#include "histogram.h"
#include "serve.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum failure { REFUSED, RESET, CONNECT_TIMEOUT, ANSWER_TIMEOUT, BAD_STATUS, RETRY_CUT, STRICT_CUT, KEPT_CUT, OTHER, KINDS };
static const char *const kind_names[KINDS] = {
    "refused", "reset", "connect_timeout", "answer_timeout", "bad_status", "cut_twice", "new_connection_cut", "kept_connection_cut", "other"};
enum { TALLIES = 8, BUFFER = 1 << 16 };
enum stage { IDLE, CONNECTING, WAITING, CLOSING };

struct target {
    char name[160], path[128], host[80];
    int nats, redis;
    struct sockaddr_storage address;
    socklen_t length;
    uint64_t requests, connections, retried, cut_new, cut_kept, failed[KINDS];
    struct histogram latency;
    struct {
        char text[40];
        uint64_t count;
    } tally[TALLIES];
    char last_bad[160];
};

struct worker {
    struct target *target;
    int fd, keeps, fresh, retrying, id;
    enum stage stage;
    uint64_t began, stage_began, wakes;
    size_t used;
    char buffer[BUFFER];
};

static struct target targets[64];
static struct worker *workers;
static int target_count, worker_count, poll_fd, strict, retry, no_retry;
static uint64_t pause_us, timeout_us = 30000000;
static volatile sig_atomic_t stopping;

static void stop(int signal) {
    (void)signal;
    stopping = 1;
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void begin(struct worker *w);

static void drop(struct worker *w) {
    if (w->fd >= 0) close(w->fd);
    w->fd = -1;
}

static void rest(struct worker *w) {
    w->stage = IDLE;
    w->retrying = 0;
    w->wakes = now() + pause_us;
}

static void fail(struct worker *w, enum failure kind) {
    if (retry && !w->retrying) {
        drop(w);
        w->target->retried++;
        w->retrying = 1;
        return begin(w);
    }
    w->target->failed[kind]++;
    record(&w->target->latency, now() - w->began);
    drop(w);
    rest(w);
}

// The connection was open and is gone before the answer: once, that is the client's to repeat.
static void cut(struct worker *w) {
    if (w->fresh) w->target->cut_new++;
    else w->target->cut_kept++;
    if (w->retrying) return fail(w, RETRY_CUT);
    if (w->fresh && (strict || no_retry)) return fail(w, STRICT_CUT);
    if (no_retry) return fail(w, KEPT_CUT);
    drop(w);
    w->target->retried++;
    w->retrying = 1;
    begin(w);
}

static void answered(struct worker *w, const char *body) {
    struct target *t = w->target;
    record(&t->latency, now() - w->began);
    if (body && *body && strlen(body) < sizeof t->tally[0].text)
        for (int i = 0; i < TALLIES; i++) {
            if (t->tally[i].count == 0) strcpy(t->tally[i].text, body);
            if (strcmp(t->tally[i].text, body) == 0) {
                t->tally[i].count++;
                break;
            }
        }
    if (!w->keeps) drop(w);
    w->fresh = 0;
    rest(w);
}

static void send_request(struct worker *w) {
    char text[400];
    int length;
    if (w->target->nats)
        length = snprintf(text, sizeof text, "%sPING\r\n", w->fresh ? "CONNECT {\"verbose\":false}\r\n" : "");
    else if (w->target->redis)
        length = snprintf(text, sizeof text, "PING\r\n");
    else
        length = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load\r\n%s\r\n", w->target->path,
                          w->target->host, w->keeps ? "" : "Connection: close\r\n");
    w->used = 0;
    w->stage = WAITING;
    w->stage_began = now();
    if (send(w->fd, text, (size_t)length, MSG_NOSIGNAL) != length) cut(w);
}

static void connect_failed(struct worker *w, int error) {
    fail(w, error == ECONNREFUSED ? REFUSED : error == ECONNRESET ? RESET : error == ETIMEDOUT ? CONNECT_TIMEOUT : OTHER);
}

static void begin(struct worker *w) {
    if (!w->retrying) {
        w->target->requests++;
        w->began = now();
    }
    w->stage_began = now();
    if (w->fd >= 0) return send_request(w);
    int yes = 1;
    w->fresh = 1;
    w->target->connections++;
    w->fd = socket(w->target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0) return fail(w, OTHER);
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    w->stage = CONNECTING;
    if (connect(w->fd, (struct sockaddr *)&w->target->address, w->target->length) && errno != EINPROGRESS)
        return connect_failed(w, errno);
    struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.ptr = w}};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, w->fd, &event);
}

// Whether `buffer` holds a whole HTTP response; sets its body (terminated) where its length was said.
static int is_whole(struct worker *w, int at_end, char **body) {
    w->buffer[w->used] = 0;
    char *head_end = strstr(w->buffer, "\r\n\r\n");
    if (!head_end) return 0;
    *body = head_end + 4;
    size_t have = w->used - (size_t)(*body - w->buffer);
    char *length = strcasestr(w->buffer, "\r\ncontent-length:");
    if (length && length < head_end) return have >= strtoul(length + 17, NULL, 10);
    char *chunked = strcasestr(w->buffer, "\r\ntransfer-encoding: chunked");
    if (chunked && chunked < head_end) return have >= 5 && memcmp(w->buffer + w->used - 5, "0\r\n\r\n", 5) == 0;
    return at_end;
}

static void finish_http(struct worker *w, char *body) {
    int status = strncmp(w->buffer, "HTTP/1.", 7) == 0 ? atoi(w->buffer + 9) : 0;
    if (status >= 200 && status < 400) {
        if (strcasestr(w->buffer, "\r\nconnection: close")) drop(w);
        return answered(w, body);
    }
    snprintf(w->target->last_bad, sizeof w->target->last_bad, "%.*s", (int)strcspn(w->buffer, "\r\n"), w->buffer);
    fail(w, BAD_STATUS);
}

static void readable(struct worker *w) {
    for (;;) {
        // The middle of a long body is of no use: keep the head and the tail.
        if (w->used > BUFFER - 4096) {
            memmove(w->buffer + 8192, w->buffer + w->used - 4096, 4096);
            char *length = strcasestr(w->buffer, "\r\ncontent-length:");
            if (length) return fail(w, OTHER);
            w->used = 8192 + 4096;
        }
        ssize_t got = recv(w->fd, w->buffer + w->used, BUFFER - 1 - w->used, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got > 0) w->used += (size_t)got;
        if (w->stage != WAITING) {
            // Idle, kept open: the server ended it, which is its right.
            if (got <= 0) drop(w);
            return;
        }
        char *body = NULL;
        if (w->target->nats || w->target->redis) {
            w->buffer[w->used] = 0;
            if (got <= 0) return cut(w);
            if (strstr(w->buffer, "-ERR") || strstr(w->buffer, "-LOADING")) return fail(w, BAD_STATUS);
            if (strstr(w->buffer, "PONG\r\n")) return answered(w, NULL);
        } else if (is_whole(w, got <= 0, &body)) {
            return finish_http(w, body);
        } else if (got <= 0) {
            return cut(w);
        }
    }
}

static void happened(struct worker *w, uint32_t events) {
    if (w->stage == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) return connect_failed(w, error);
        if (!(events & EPOLLOUT)) return;
        send_request(w);
    }
    if (w->fd >= 0 && (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))) readable(w);
}

static void tick(void) {
    uint64_t t = now();
    for (int i = 0; i < worker_count; i++) {
        struct worker *w = &workers[i];
        if (w->stage == IDLE) {
            if (!stopping && t >= w->wakes) begin(w);
        } else if (t - w->stage_began > timeout_us) {
            fail(w, w->stage == CONNECTING ? CONNECT_TIMEOUT : ANSWER_TIMEOUT);
        }
    }
}

static int busy(void) {
    for (int i = 0; i < worker_count; i++)
        if (workers[i].stage != IDLE) return 1;
    return 0;
}

static uint64_t failures(const struct target *t) {
    uint64_t sum = 0;
    for (int k = 0; k < KINDS; k++) sum += t->failed[k];
    return sum;
}

static void print_target(const struct target *t) {
    printf("  {\"target\": \"%s\", \"requests\": %lu, \"connections\": %lu, \"retried\": %lu, \"cut_new\": %lu, "
           "\"cut_kept\": %lu, \"failed\": %lu, \"max_ms\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f",
           t->name, t->requests, t->connections, t->retried, t->cut_new, t->cut_kept, failures(t),
           (double)t->latency.largest / 1000, (double)percentile(&t->latency, 0.5) / 1000,
           (double)percentile(&t->latency, 0.99) / 1000);
    fputs(", \"failures\": {", stdout);
    int first = 1;
    for (int k = 0; k < KINDS; k++)
        if (t->failed[k]) printf("%s\"%s\": %lu", first ? "" : ", ", kind_names[k], t->failed[k]), first = 0;
    fputs("}, \"answers\": {", stdout);
    for (int i = 0; i < TALLIES && t->tally[i].count; i++) {
        if (i) fputs(", ", stdout);
        putchar('"');
        for (const char *c = t->tally[i].text; *c; c++) {
            if (*c == '"' || *c == '\\') putchar('\\');
            if ((unsigned char)*c >= ' ') putchar(*c);
        }
        printf("\": %lu", t->tally[i].count);
    }
    printf("}, \"last_bad\": \"%s\"}", t->last_bad);
}

static uint64_t report(double seconds) {
    uint64_t requests = 0, connections = 0, retried = 0, failed = 0, cut_new = 0, cut_kept = 0, longest = 0;
    for (int i = 0; i < target_count; i++) {
        requests += targets[i].requests;
        connections += targets[i].connections;
        retried += targets[i].retried;
        cut_new += targets[i].cut_new;
        cut_kept += targets[i].cut_kept;
        failed += failures(&targets[i]);
        if (targets[i].latency.largest > longest) longest = targets[i].latency.largest;
    }
    printf("{\"seconds\": %.1f, \"requests\": %lu, \"connections\": %lu, \"retried\": %lu, \"cut_new\": %lu, "
           "\"cut_kept\": %lu, \"failed\": %lu, \"max_ms\": %.1f, \"targets\": [\n",
           seconds, requests, connections, retried, cut_new, cut_kept, failed, (double)longest / 1000);
    for (int i = 0; i < target_count; i++) {
        print_target(&targets[i]);
        puts(i + 1 < target_count ? "," : "");
    }
    puts("]}");
    return failed;
}

static void add_target(const char *text) {
    struct target *t = &targets[target_count++];
    const char *rest = strstr(text, "://");
    if (!rest || target_count > 63) exit(64);
    t->nats = strncmp(text, "nats", 4) == 0;
    t->redis = strncmp(text, "redis", 5) == 0;
    rest += 3;
    const char *slash = strchr(rest, '/');
    size_t length = slash ? (size_t)(slash - rest) : strlen(rest);
    snprintf(t->host, sizeof t->host, "%.*s", (int)length, rest);
    snprintf(t->path, sizeof t->path, "%s", slash ? slash : "/");
    snprintf(t->name, sizeof t->name, "%s", text);
    if (!(t->length = parse_address(t->host, &t->address))) {
        fprintf(stderr, "load: not an address: %s\n", text);
        exit(64);
    }
}

static void hire(int per_target, int modes) {
    workers = calloc((size_t)(2 * per_target * target_count) + 1, sizeof *workers);
    for (int t = 0; t < target_count; t++)
        for (int mode = 1; mode <= 2; mode++)
            for (int i = 0; i < per_target && (modes & mode); i++) {
                struct worker *w = &workers[worker_count++];
                *w = (struct worker){.target = &targets[t], .fd = -1, .keeps = mode == 2, .id = worker_count};
                w->wakes = now() + (pause_us ? (uint64_t)rand() % pause_us : 0);
            }
}

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "scan") == 0) return scan(count - 2, arguments + 2);
    if (count > 1 && strcmp(arguments[1], "serve") == 0) return serve(count - 2, arguments + 2);
    int per_target = 4, modes = 3;
    double seconds = 0;
    for (int i = 1; i < count; i++) {
        const char *a = arguments[i], *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(a, "--strict") == 0) strict = 1;
        else if (strcmp(a, "--retry") == 0) retry = 1;
        else if (strcmp(a, "--no-retry") == 0) no_retry = 1;
        else if (strncmp(a, "--", 2) != 0) add_target(a);
        else if (strcmp(a, "--workers") == 0) per_target = atoi(value), i++;
        else if (strcmp(a, "--mode") == 0) modes = strcmp(value, "new") == 0 ? 1 : strcmp(value, "keep") == 0 ? 2 : 3, i++;
        else if (strcmp(a, "--pause") == 0) pause_us = (uint64_t)(atof(value) * 1000), i++;
        else if (strcmp(a, "--seconds") == 0) seconds = atof(value), i++;
        else if (strcmp(a, "--timeout") == 0) timeout_us = (uint64_t)(atof(value) * 1000000), i++;
        else return fprintf(stderr, "load: unknown option %s\n", a), 64;
    }
    if (!target_count) return fputs("load: no target\n", stderr), 64;
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    hire(per_target, modes);
    uint64_t start = now(), ticked = 0;
    while (!stopping || busy()) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll_fd, events, 256, 1);
        for (int i = 0; i < ready; i++) {
            struct worker *w = events[i].data.ptr;
            if (w->fd >= 0) happened(w, events[i].events);
        }
        uint64_t t = now();
        if (!pause_us || t - ticked >= 200) tick(), ticked = t;
        if (seconds > 0 && (double)(t - start) > seconds * 1e6) stopping = 1;
    }
    return report((double)(now() - start) / 1e6) ? 1 : 0;
}
