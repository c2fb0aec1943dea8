// SPDX-License-Identifier: Apache-2.0
#pragma once
// What Swift cannot see in glibc: variadic system calls and calls newer than its overlay.
// Each function returns what the system call returns and sets errno; nothing is decided here.

/// renameat2(2) with RENAME_NOREPLACE: never replaces what is there.
int bundle_rename_noreplace(int old_directory, const char *old_name, int new_directory, const char *new_name);

/// renameat2(2) with RENAME_EXCHANGE: both names stay, their files change places.
int bundle_rename_exchange(int old_directory, const char *old_name, int new_directory, const char *new_name);

/// syncfs(2): all data and metadata of the file system that holds the descriptor.
int bundle_syncfs(int descriptor);

/// fallocate(2) with FALLOC_FL_KEEP_SIZE: the file has room for its first `bytes` bytes, and the size that it had.
int bundle_reserve(int descriptor, long bytes);

/// mallopt(3) M_MMAP_THRESHOLD: freed blocks of this size and more go back to the system.
int bundle_return_blocks_from(int bytes);

/// prctl(2) PR_SET_DUMPABLE: no core dump of this process, and only who has CAP_SYS_PTRACE may look into it. Programs that it
/// starts are not concerned.
int bundle_forbid_core_dumps(void);

/// openat(2) without a mode: nothing is created.
int bundle_openat(int directory, const char *name, int flags);

/// openat(2) with O_CREAT in the flags.
int bundle_openat_create(int directory, const char *name, int flags, unsigned int mode);

/// pipe2(2) with O_CLOEXEC; ends[0] reads, ends[1] writes.
int bundle_pipe(int ends[2]);

/// fcntl(2) F_SETFL: adds O_NONBLOCK.
int bundle_set_nonblocking(int descriptor);

/// sock_diag(7): opens a netlink socket and asks for the TCP sockets of one family (AF_INET, AF_INET6) in some states, a
/// mask of 1 << TCP state. The answers are read from the descriptor. Returns it, or -1.
int bundle_ask_tcp_sockets(int family, unsigned states);

/// netlink(7), NETLINK_NETFILTER: hears what changes in nftables (NFNLGRP_NFTABLES), without waiting. Returns a descriptor, or -1.
int bundle_hear_rules(void);

/// bpf(2), BPF_MAP_CREATE: an array of one 32-bit number. Returns a descriptor, or -1.
int bundle_bpf_number(const char *name);

/// bpf(2), BPF_PROG_LOAD. The programs are for control groups; `hook` is an enum bpf_attach_type.
/// Returns a descriptor, or -1.
int bundle_bpf_load(unsigned hook, const void *instructions, unsigned count, const char *name);

/// bpf(2), BPF_PROG_ATTACH with BPF_F_ALLOW_MULTI: beside whatever is attached already.
int bundle_bpf_attach(int control_group, int program, unsigned hook);

/// bpf(2), BPF_PROG_DETACH.
int bundle_bpf_detach(int control_group, int program, unsigned hook);

/// bpf(2), BPF_PROG_QUERY: IDs of what is attached to this control group itself. `count` holds the room, then the number.
int bundle_bpf_attached(int control_group, unsigned hook, unsigned *ids, unsigned *count);

/// bpf(2), BPF_PROG_GET_FD_BY_ID and BPF_OBJ_GET_INFO_BY_FD: opens a program and copies its name (15 bytes and a NUL).
/// Returns a descriptor, or -1.
int bundle_bpf_open(unsigned id, char name[16]);

/// sock_diag(7), SOCK_DESTROY: ends one TCP connection with a reset for its peer. Addresses have 4 or 16 bytes by the family,
/// in network order; ports are in the machine's order. The cookie is the socket's own, and no other socket is touched.
/// Returns 0, or -1 with the kernel's answer in errno.
int bundle_destroy_tcp_socket(
    int family, const void *local, unsigned short local_port, const void *remote, unsigned short remote_port,
    unsigned long long cookie);

/// ctnetlink, IPCTNL_MSG_CT_DELETE: makes conntrack forget the TCP connection whose answers go from local to remote. As above.
int bundle_forget_connection(
    int family, const void *local, unsigned short local_port, const void *remote, unsigned short remote_port);

/// fgetxattr(2) of `security.capability`: its bytes, or -1.
long bundle_file_capabilities(int descriptor);

/// fremovexattr(2) of `security.capability`.
int bundle_remove_file_capabilities(int descriptor);

/// unshare(2) with CLONE_NEWNET: the calling thread, and no other, goes into a new network namespace.
int bundle_unshare_network(void);

/// setns(2) with CLONE_NEWNET: the calling thread enters the namespace that the descriptor is of.
int bundle_enter_network(int descriptor);

/// Host names are looked up in /etc/hosts and by DNS (resolv.conf(5)) from here on, whatever nsswitch.conf(5) says: its other
/// modules are libraries of the system's C library, and a static program that loads them next to its own dies (SIGFPE with
/// libnss_resolve of glibc 2.41 in a program of 2.36).
void bundle_look_up_plainly(void);

// What confines a child to its two streams (decision 0063). Each is one step; HostSystem/Confining has their order.

/// prctl(2) PR_SET_NO_NEW_PRIVS.
int bundle_forbid_new_privileges(void);

/// close_range(2): this descriptor and all above it.
int bundle_close_from(int first);

/// setrlimit(2): RLIMIT_AS; RLIMIT_CPU; and 0 for cores, file sizes, descriptors to be opened, processes, locked memory and
/// message queues. A limit that is lower already stays.
int bundle_limit_memory(unsigned long bytes);
int bundle_limit_processor_time(unsigned long seconds);
int bundle_limit_to_nothing(void);

/// Another user and group without further groups; capabilities(7) stay, and are in force.
int bundle_become_keeping_capabilities(unsigned id);

/// unshare(2).
int bundle_unshare(int flags);

/// user_namespaces(7): in a new user namespace there are this user and this group, which are the process's own, and no other.
int bundle_map_own_id(unsigned user, unsigned group);

/// pivot_root(2): `/` is an empty directory that cannot be written to; nothing else is mounted.
int bundle_empty_root(void);

/// capabilities(7): none, none to be had, and no core dump.
int bundle_drop_capabilities(void);

/// landlock(7): the version of its interface; -1 on a kernel without it.
int bundle_landlock_version(void);

/// landlock(7): no path whatever can be opened, made, changed or run from here on; no TCP port bound or asked.
int bundle_deny_paths(int version);

// What confines a program of the system that is given a stranger's files.

/// landlock(7): from here on files are read and run below `readable` (ends with NULL), and below `writable` files are also
/// made, written and removed; nothing else is opened.
int bundle_allow_paths(int version, const char *const *readable, const char *writable);

/// mount(2), in a mount namespace of its own: all is read-only but this directory, in which nothing can be run.
int bundle_read_only_but(const char *path);

/// setrlimit(2): no core, locked memory or message queue, 2,048 descriptors, and files of this many bytes.
int bundle_limit_tool(unsigned long file_bytes);

/// seccomp(2): files, memory, threads, the clock, the end. Anything else does not exist (ENOSYS): no socket, no process, no
/// owner, mode or link changed, no mount.
int bundle_filter_calls_of_tool(void);

/// seccomp(2): read from 0, write to 1, memory that is not executable, the end. Anything else ends the process with SIGSYS.
int bundle_filter_calls_of_worker(void);

/// fork(2), for a process of one thread. Returns 0 in the child, which dies when its parent does; the parent has no stream
/// left, may do nothing but wait, never returns, and ends as the child ends (128 + the number of a signal). -1: no child.
int bundle_go_on_in_child(void);
