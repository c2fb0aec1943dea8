// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
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

int bundle_ask_tcp_sockets(int family, unsigned states) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } message = {
        .header = {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .request = {.sdiag_family = family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = states},
    };
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (descriptor < 0) return -1;
    if (send(descriptor, &message, sizeof message, 0) != (ssize_t)sizeof message) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

int bundle_destroy_tcp_socket(
    int family, const void *local, unsigned short local_port, const void *remote, unsigned short remote_port) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } message = {
        .header = {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DESTROY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .request = {.sdiag_family = family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u},
    };
    size_t bytes = family == AF_INET ? 4 : 16;
    struct inet_diag_sockid *id = &message.request.id;
    memcpy(id->idiag_src, local, bytes);
    memcpy(id->idiag_dst, remote, bytes);
    id->idiag_sport = htons(local_port);
    id->idiag_dport = htons(remote_port);
    id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (descriptor < 0) return -1;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[256];
    } answer;
    int reason = 0;
    if (send(descriptor, &message, sizeof message, 0) != (ssize_t)sizeof message) reason = errno;
    else {
        ssize_t got = recv(descriptor, &answer, sizeof answer, 0);
        if (got < 0) reason = errno;
        else if (got < (ssize_t)(sizeof answer.header + sizeof answer.error) || answer.header.nlmsg_type != NLMSG_ERROR)
            reason = EPROTO;
        else reason = -answer.error.error;
    }
    close(descriptor);
    errno = reason;
    return reason ? -1 : 0;
}

int bundle_unshare_network(void) {
    return unshare(CLONE_NEWNET);
}

int bundle_enter_network(int descriptor) {
    return setns(descriptor, CLONE_NEWNET);
}
