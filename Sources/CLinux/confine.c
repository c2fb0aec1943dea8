// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int bundle_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int bundle_close_from(int first) {
#ifdef __NR_close_range
    if (syscall(__NR_close_range, first, ~0U, 0) == 0) return 0;
#endif
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    // Where the limit is a number that nobody reaches, the kernel is one that has close_range(2) (5.9).
    rlim_t end = limit.rlim_cur < 65536 ? limit.rlim_cur : 65536;
    for (rlim_t descriptor = (rlim_t)first; descriptor < end; descriptor++) close((int)descriptor);
    return 0;
}

static int set_limit(int resource, rlim_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return -1;
    if (limit.rlim_max < value) value = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = value;
    return setrlimit(resource, &limit);
}

int bundle_limit_memory(unsigned long bytes) { return set_limit(RLIMIT_AS, bytes); }

int bundle_limit_processor_time(unsigned long seconds) { return set_limit(RLIMIT_CPU, seconds); }

int bundle_limit_tool(unsigned long file_bytes) {
    const int none[] = {RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (set_limit(none[i], 0) != 0) return -1;
    return set_limit(RLIMIT_FSIZE, file_bytes) != 0 || set_limit(RLIMIT_NOFILE, 2048) != 0 ? -1 : 0;
}

int bundle_limit_to_nothing(void) {
    const int none[] = {RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (set_limit(none[i], 0) != 0) return -1;
    return 0;
}

static int get_capabilities(struct __user_cap_data_struct sets[2]) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return (int)syscall(__NR_capget, &header, sets);
}

static int set_capabilities(const struct __user_cap_data_struct sets[2]) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return (int)syscall(__NR_capset, &header, sets);
}

int bundle_become_keeping_capabilities(unsigned id) {
    struct __user_cap_data_struct sets[2];
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return -1;
    // In a user namespace where groups cannot be set there are none to lose.
    if (setgroups(0, NULL) != 0 && errno != EPERM) return -1;
    if (setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0) return -1;
    if (get_capabilities(sets) != 0) return -1;
    for (int i = 0; i < 2; i++) sets[i].effective = sets[i].permitted;
    return set_capabilities(sets);
}

int bundle_unshare(int flags) { return unshare(flags); }

static int write_once(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t bytes = strlen(text);
    int result = write(file, text, bytes) == (ssize_t)bytes ? 0 : -1;
    int reason = errno;
    close(file);
    errno = reason;
    return result;
}

int bundle_map_own_id(unsigned user, unsigned group) {
    char line[64];
    // Its own files in /proc are its own again: setresuid(2) took them away (prctl(2), PR_SET_DUMPABLE).
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return -1;
    snprintf(line, sizeof line, "%u %u 1\n", user, user);
    int result = write_once("/proc/self/uid_map", line);
    if (result == 0) {
        snprintf(line, sizeof line, "%u %u 1\n", group, group);
        if (write_once("/proc/self/setgroups", "deny") != 0 || write_once("/proc/self/gid_map", line) != 0) result = -1;
    }
    int reason = errno;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    errno = reason;
    return result;
}

int bundle_empty_root(void) {
    const char *options = "size=4096,nr_inodes=2,mode=0555";
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    if (mount("none", "/proc", "tmpfs", flags, options) != 0) return -1;
    if (chdir("/proc") != 0) return -1;
    // The new root is put over the old one, which is then taken away from below it (pivot_root(2)).
    if (syscall(__NR_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0) return -1;
    if (chdir("/") != 0) return -1;
    return mount("none", "/", NULL, MS_REMOUNT | MS_RDONLY | flags, options);
}

int bundle_drop_capabilities(void) {
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    // Ends at the first number that the kernel has no capability for. Who may not drop them has none to gain by them:
    // PR_SET_NO_NEW_PRIVS.
    for (int number = 0; number < 64; number++)
        if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) break;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    if (set_capabilities(none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int bundle_landlock_version(void) { return (int)syscall(444, NULL, 0, 1); }

// A ruleset that handles all rights the kernel knows, and so allows none of them by itself; those of files are in `files`.
static int make_ruleset(int version, uint64_t *files) {
    // struct landlock_ruleset_attr, as long as the kernel knows it (landlock(7)).
    struct {
        uint64_t files;
        uint64_t network;
        uint64_t scoped;
    } rules = {0, 0, 0};
    // ABI 1 has 13 rights; REFER came with 2, TRUNCATE with 3, IOCTL_DEV with 5.
    int rights = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    rules.files = (1ULL << rights) - 1;
    size_t bytes = sizeof rules.files;
    if (version >= 4) {
        rules.network = 3;
        bytes = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        rules.scoped = 3;
        bytes = sizeof rules;
    }
    *files = rules.files;
    return (int)syscall(444, &rules, bytes, 0);
}

// Ends with errno as `result` left it.
static int close_after(int descriptor, int result) {
    int reason = errno;
    close(descriptor);
    errno = reason;
    return result;
}

int bundle_deny_paths(int version) {
    uint64_t files;
    int ruleset = make_ruleset(version, &files);
    return ruleset < 0 ? -1 : close_after(ruleset, (int)syscall(446, ruleset, 0));
}

static int allow_below(int ruleset, const char *path, uint64_t rights) {
    struct {
        uint64_t rights;
        int32_t parent;
    } __attribute__((packed)) rule = {rights, open(path, O_PATH | O_CLOEXEC)};
    // What is not there cannot be used either.
    if (rule.parent < 0) return errno == ENOENT ? 0 : -1;
    struct stat status;
    // Run, write, read, truncate: a file has no other rights.
    if (fstat(rule.parent, &status) == 0 && !S_ISDIR(status.st_mode)) rule.rights &= 1 | 2 | 4 | 16384;
    return close_after(rule.parent, (int)syscall(445, ruleset, 1, &rule, 0));
}

int bundle_allow_paths(int version, const char *const *readable, const char *writable) {
    uint64_t files;
    int ruleset = make_ruleset(version, &files);
    if (ruleset < 0) return -1;
    // Run, read, list; and where it works: write, read, list, remove and make files, truncate. No link, no directory.
    const uint64_t reading = 1 | 4 | 8, writing = (2 | 4 | 8 | 32 | 256 | 16384) & files;
    int result = allow_below(ruleset, writable, writing);
    for (; result == 0 && *readable; readable++) result = allow_below(ruleset, *readable, reading);
    if (result == 0) result = (int)syscall(446, ruleset, 0);
    return close_after(ruleset, result);
}

int bundle_read_only_but(const char *path) {
    // struct mount_attr of mount_setattr(2), which glibc 2.36 knows and whose header does not go with <sys/mount.h>.
    struct {
        uint64_t set, clear, propagation, users;
    } locked = {1 | 2 | 4, 0, 0, 0}, open_again = {2 | 4 | 8, 1, 0, 0};
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    if (mount(path, path, NULL, MS_BIND, NULL) != 0) return -1;
    if (syscall(442, AT_FDCWD, "/", 0x8000 /* AT_RECURSIVE */, &locked, sizeof locked) != 0) return -1;
    return (int)syscall(442, AT_FDCWD, path, 0, &open_again, sizeof open_again);
}

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no list of system calls for this architecture"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
// The lower half of an argument: both architectures are little-endian, and a descriptor or a flag fits into it.
#define LOAD_ARGUMENT(number) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, args[number]))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define ANY_BIT(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(value), yes, no)
#define ALLOW(name) EQUAL(__NR_##name, 0, 1), ANSWER(SECCOMP_RET_ALLOW)
#define BEGINNING \
    LOAD(arch), EQUAL(OWN_ARCHITECTURE, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS), LOAD(nr)
#define DENY_THE_REST ANSWER(SECCOMP_RET_KILL_PROCESS)

static int filter(const struct sock_filter *instructions, size_t count) {
    struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)instructions};
    return (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int bundle_filter_calls_of_worker(void) {
    static const struct sock_filter instructions[] = {
        BEGINNING,
        // Each of the next five: the number, the argument that counts, what to do with it.
        EQUAL(__NR_read, 0, 4), LOAD_ARGUMENT(0), EQUAL(STDIN_FILENO, 0, 1), ANSWER(SECCOMP_RET_ALLOW), DENY_THE_REST,
        EQUAL(__NR_write, 0, 4), LOAD_ARGUMENT(0), EQUAL(STDOUT_FILENO, 0, 1), ANSWER(SECCOMP_RET_ALLOW), DENY_THE_REST,
        // Memory of its own, and none that could be run.
        EQUAL(__NR_mmap, 0, 6), LOAD_ARGUMENT(2), ANY_BIT(PROT_EXEC, 3, 0), LOAD_ARGUMENT(3),
        ANY_BIT(MAP_ANONYMOUS, 0, 1), ANSWER(SECCOMP_RET_ALLOW), DENY_THE_REST,
        EQUAL(__NR_mprotect, 0, 4), LOAD_ARGUMENT(2), ANY_BIT(PROT_EXEC, 1, 0), ANSWER(SECCOMP_RET_ALLOW), DENY_THE_REST,
        ALLOW(munmap), ALLOW(mremap), ALLOW(brk), ALLOW(madvise), ALLOW(futex), ALLOW(getrandom), ALLOW(clock_gettime),
        ALLOW(sched_yield), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(restart_syscall), ALLOW(exit),
        ALLOW(exit_group), DENY_THE_REST,
    };
    return filter(instructions, sizeof instructions / sizeof *instructions);
}

int bundle_filter_calls_of_tool(void) {
    static const struct sock_filter instructions[] = {
        BEGINNING,
        // Threads, no processes. What clone3(2) asks for cannot be seen here; without it clone(2) is taken.
        EQUAL(__NR_clone, 0, 4), LOAD_ARGUMENT(0), ANY_BIT(CLONE_THREAD, 0, 1), ANSWER(SECCOMP_RET_ALLOW),
        ANSWER(SECCOMP_RET_ERRNO | EPERM),
        // A kernel before 6.2 lets a file that may be read be truncated by that.
        EQUAL(__NR_openat, 0, 5), LOAD_ARGUMENT(2), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_ACCMODE | O_TRUNC),
        EQUAL(O_TRUNC, 0, 1), ANSWER(SECCOMP_RET_ERRNO | EPERM), ANSWER(SECCOMP_RET_ALLOW),
        ALLOW(read), ALLOW(write), ALLOW(readv), ALLOW(writev), ALLOW(pread64), ALLOW(pwrite64), ALLOW(lseek),
        ALLOW(close), ALLOW(fstat), ALLOW(newfstatat), ALLOW(statx), ALLOW(faccessat), ALLOW(faccessat2),
        ALLOW(getdents64), ALLOW(readlinkat), ALLOW(fstatfs), ALLOW(fcntl), ALLOW(dup), ALLOW(dup3), ALLOW(getcwd),
        ALLOW(ftruncate), ALLOW(fallocate), ALLOW(fsync), ALLOW(fdatasync), ALLOW(fadvise64), ALLOW(renameat),
        ALLOW(renameat2), ALLOW(unlinkat),
#if defined(__x86_64__)
        ALLOW(stat), ALLOW(lstat), ALLOW(access), ALLOW(readlink), ALLOW(rename), ALLOW(unlink), ALLOW(arch_prctl),
#endif
        ALLOW(mmap), ALLOW(mprotect), ALLOW(munmap), ALLOW(mremap), ALLOW(brk), ALLOW(madvise), ALLOW(futex),
        ALLOW(set_robust_list), ALLOW(set_tid_address), ALLOW(rseq), ALLOW(prlimit64), ALLOW(sched_getaffinity),
        ALLOW(sched_yield), ALLOW(sysinfo), ALLOW(uname), ALLOW(getpid), ALLOW(gettid), ALLOW(getuid), ALLOW(geteuid),
        ALLOW(getgid), ALLOW(getegid), ALLOW(getrandom), ALLOW(clock_gettime), ALLOW(clock_nanosleep), ALLOW(nanosleep),
        ALLOW(gettimeofday), ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(sigaltstack),
        ALLOW(restart_syscall), ALLOW(execve), ALLOW(exit), ALLOW(exit_group),
        ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
    };
    return filter(instructions, sizeof instructions / sizeof *instructions);
}

static int filter_calls_of_waiter(void) {
    static const struct sock_filter instructions[] = {
        BEGINNING, ALLOW(wait4), ALLOW(rt_sigreturn), ALLOW(restart_syscall), ALLOW(exit_group), DENY_THE_REST,
    };
    return filter(instructions, sizeof instructions / sizeof *instructions);
}

int bundle_go_on_in_child(void) {
    pid_t waiter = getpid();
    pid_t worker = fork();
    if (worker < 0) return -1;
    if (worker == 0) {
        // After the change of identity, which clears it (prctl(2), PR_SET_PDEATHSIG).
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
        // In a new PID namespace the parent is 0 for as long as it lives, and when it does not.
        pid_t parent = getppid();
        if (parent != 0 && parent != waiter) _exit(1);
        return 0;
    }
    bundle_close_from(0);
    (void)filter_calls_of_waiter();
    int status = 0;
    while (syscall(__NR_wait4, worker, &status, 0, NULL) < 0)
        if (errno != EINTR) _exit(125);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
