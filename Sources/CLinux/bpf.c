// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(int command, union bpf_attr *attributes) {
    return (int)syscall(__NR_bpf, command, attributes, sizeof *attributes);
}

int bundle_bpf_number(const char *name) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = 4;
    attributes.value_size = 4;
    attributes.max_entries = 1;
    strncpy(attributes.map_name, name, sizeof attributes.map_name - 1);
    return call(BPF_MAP_CREATE, &attributes);
}

int bundle_bpf_load(unsigned hook, const void *instructions, unsigned count, const char *name) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = hook == BPF_CGROUP_SETSOCKOPT ? BPF_PROG_TYPE_CGROUP_SOCKOPT : BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
    attributes.expected_attach_type = hook;
    attributes.insns = (uintptr_t)instructions;
    attributes.insn_cnt = count;
    // No helper that is for the kernel's own licence only is called.
    attributes.license = (uintptr_t) "Apache-2.0";
    strncpy(attributes.prog_name, name, sizeof attributes.prog_name - 1);
    return call(BPF_PROG_LOAD, &attributes);
}

static int change(int command, int control_group, int program, unsigned hook) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (unsigned)control_group;
    attributes.attach_bpf_fd = (unsigned)program;
    attributes.attach_type = hook;
    if (command == BPF_PROG_ATTACH) attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return call(command, &attributes);
}

int bundle_bpf_attach(int control_group, int program, unsigned hook) {
    return change(BPF_PROG_ATTACH, control_group, program, hook);
}

int bundle_bpf_detach(int control_group, int program, unsigned hook) {
    return change(BPF_PROG_DETACH, control_group, program, hook);
}

int bundle_bpf_attached(int control_group, unsigned hook, unsigned *ids, unsigned *count) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.query.target_fd = (unsigned)control_group;
    attributes.query.attach_type = hook;
    attributes.query.prog_ids = (uintptr_t)ids;
    attributes.query.prog_cnt = *count;
    int result = call(BPF_PROG_QUERY, &attributes);
    *count = attributes.query.prog_cnt;
    return result;
}

int bundle_bpf_open(unsigned id, char name[16]) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_id = id;
    int program = call(BPF_PROG_GET_FD_BY_ID, &attributes);
    if (program < 0) return program;
    struct bpf_prog_info facts;
    memset(&facts, 0, sizeof facts);
    memset(&attributes, 0, sizeof attributes);
    attributes.info.bpf_fd = (unsigned)program;
    attributes.info.info_len = sizeof facts;
    attributes.info.info = (uintptr_t)&facts;
    if (call(BPF_OBJ_GET_INFO_BY_FD, &attributes) != 0) {
        close(program);
        return -1;
    }
    memcpy(name, facts.name, 16);
    name[15] = 0;
    return program;
}
