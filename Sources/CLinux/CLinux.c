// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/falloc.h>
#include <linux/inet_diag.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <malloc.h>
#include <netinet/in.h>
#include <nss.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

int bundle_return_blocks_from(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes); }

int bundle_forbid_core_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int bundle_rename_noreplace(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE);
}

int bundle_rename_exchange(int old_directory, const char *old_name, int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_EXCHANGE);
}

int bundle_syncfs(int descriptor) {
    return syncfs(descriptor);
}

int bundle_reserve(int descriptor, long bytes) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, bytes);
}

long bundle_file_capabilities(int descriptor) { return fgetxattr(descriptor, "security.capability", NULL, 0); }

int bundle_remove_file_capabilities(int descriptor) { return fremovexattr(descriptor, "security.capability"); }

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

int bundle_hear_rules(void) {
    struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_groups = 1u << (NFNLGRP_NFTABLES - 1)};
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
    if (descriptor < 0) return -1;
    if (bind(descriptor, (struct sockaddr *)&name, sizeof name) == 0) return descriptor;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

// One request, and whether the kernel did it: 0, or -1 with errno.
static int ask_and_hear(int family, const void *message, size_t bytes) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family);
    if (descriptor < 0) return -1;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[256];
    } answer;
    int reason = 0;
    if (send(descriptor, message, bytes, 0) != (ssize_t)bytes) reason = errno;
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

int bundle_destroy_tcp_socket(
    int family, const void *local, unsigned short local_port, const void *remote, unsigned short remote_port,
    unsigned long long cookie) {
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
    id->idiag_cookie[0] = (unsigned)cookie;
    id->idiag_cookie[1] = (unsigned)(cookie >> 32);
    return ask_and_hear(NETLINK_SOCK_DIAG, &message, sizeof message);
}

// An attribute behind what the message has; returns where its payload is.
static void *append(struct nlmsghdr *message, int type, const void *payload, size_t bytes) {
    struct nlattr *attribute = (void *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));
    attribute->nla_type = (unsigned short)type;
    attribute->nla_len = (unsigned short)(NLA_HDRLEN + bytes);
    if (bytes) memcpy((char *)attribute + NLA_HDRLEN, payload, bytes);
    message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + NLA_ALIGN(attribute->nla_len);
    return attribute;
}

static void close_nest(struct nlmsghdr *message, struct nlattr *nest) {
    nest->nla_len = (unsigned short)((char *)message + message->nlmsg_len - (char *)nest);
}

int bundle_forget_connection(
    int family, const void *local, unsigned short local_port, const void *remote, unsigned short remote_port) {
    struct {
        struct nlmsghdr header;
        struct nfgenmsg netfilter;
        char attributes[192];
    } message = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct nfgenmsg)),
                   .nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .netfilter = {.nfgen_family = (unsigned char)family, .version = NFNETLINK_V0},
    };
    size_t bytes = family == AF_INET ? 4 : 16;
    unsigned short from = htons(local_port), to = htons(remote_port);
    unsigned char protocol = IPPROTO_TCP;
    struct nlmsghdr *header = &message.header;
    struct nlattr *tuple = append(header, CTA_TUPLE_REPLY | NLA_F_NESTED, NULL, 0);
    struct nlattr *addresses = append(header, CTA_TUPLE_IP | NLA_F_NESTED, NULL, 0);
    append(header, family == AF_INET ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, local, bytes);
    append(header, family == AF_INET ? CTA_IP_V4_DST : CTA_IP_V6_DST, remote, bytes);
    close_nest(header, addresses);
    struct nlattr *ports = append(header, CTA_TUPLE_PROTO | NLA_F_NESTED, NULL, 0);
    append(header, CTA_PROTO_NUM, &protocol, sizeof protocol);
    append(header, CTA_PROTO_SRC_PORT, &from, sizeof from);
    append(header, CTA_PROTO_DST_PORT, &to, sizeof to);
    close_nest(header, ports);
    close_nest(header, tuple);
    return ask_and_hear(NETLINK_NETFILTER, &message, header->nlmsg_len);
}

int bundle_unshare_network(void) {
    return unshare(CLONE_NEWNET);
}

int bundle_enter_network(int descriptor) {
    return setns(descriptor, CLONE_NEWNET);
}

void bundle_look_up_plainly(void) {
    __nss_configure_lookup("hosts", "files dns");
}
