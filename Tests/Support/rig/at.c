// SPDX-License-Identifier: Apache-2.0
// at SECONDS[@N] PROGRAM…: runs a program, and all that it starts, with a wall clock that stands at SECONDS since 1970 and goes on.
// With @N the clock is right until a file called `journal` has been synced N times, and jumps then. Exit status 125 when it never
// jumped, else the program's.
//
// For fully static programs, which no preloaded library reaches, on machines whose one clock nobody may set. The page of the
// kernel that answers clock questions without a system call (vdso(7)) is hidden from each new program in its auxiliary vector;
// the system calls that remain are followed by ptrace(2), and their answers moved. Spans (CLOCK_MONOTONIC and the like) are true.
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long seconds, distance;
static int syncs_left;

static long peek(pid_t pid, unsigned long address) { return ptrace(PTRACE_PEEKDATA, pid, address, 0); }
static void poke(pid_t pid, unsigned long address, long value) { ptrace(PTRACE_POKEDATA, pid, address, value); }

static void hide_vdso(pid_t pid) {
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, pid, 0, &registers);
    unsigned long at = registers.rsp + 8;
    for (int strings = 0; strings < 2; at += 8)
        if (peek(pid, at) == 0) strings++;
    for (; peek(pid, at) != AT_NULL; at += 16)
        if (peek(pid, at) == AT_SYSINFO_EHDR) poke(pid, at, AT_IGNORE);
}

static void jump(void) { distance = seconds - time(NULL); }

static void count_sync(pid_t pid, int descriptor) {
    char path[64], to[512];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, descriptor);
    ssize_t count = readlink(path, to, sizeof to - 1);
    if (count < 8 || strncmp(to + count - 8, "/journal", 8)) return;
    if (--syncs_left == 0) jump();
}

static void move_answer(pid_t pid) {
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, pid, 0, &registers);
    unsigned long address = 0;
    switch (registers.orig_rax) {
    case SYS_clock_gettime:
        if (registers.rdi == CLOCK_REALTIME || registers.rdi == CLOCK_REALTIME_COARSE) address = registers.rsi;
        break;
    case SYS_gettimeofday: address = registers.rdi; break;
    case SYS_fsync:
    case SYS_fdatasync:
        if (syncs_left > 0 && registers.rax == 0) count_sync(pid, (int)registers.rdi);
        return;
    case SYS_time:
        registers.rax += (unsigned long)distance;
        ptrace(PTRACE_SETREGS, pid, 0, &registers);
        address = registers.rdi;
        break;
    default: return;
    }
    if (address && (registers.orig_rax == SYS_time || registers.rax == 0)) poke(pid, address, peek(pid, address) + distance);
}

int main(int count, char **words) {
    if (count < 3) return 64;
    const char *at = strchr(words[1], '@');
    seconds = atol(words[1]);
    if (at) syncs_left = atoi(at + 1);
    else jump();
    pid_t first = fork();
    if (first == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execvp(words[2], words + 2);
        perror(words[2]);
        _exit(127);
    }
    int status;
    waitpid(first, &status, 0);
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
        PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, first, 0, options)) return perror("ptrace"), 1;
    ptrace(PTRACE_SYSCALL, first, 0, 0);
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) return errno == ECHILD ? 0 : 1;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            // What it has left behind ends with us: it is a test's.
            if (pid == first) return syncs_left > 0 ? 125 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int deliver = 0, reason = WSTOPSIG(status);
        if (reason == (SIGTRAP | 0x80)) {
            struct __ptrace_syscall_info call;
            if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof call, &call) > 0 && call.op == PTRACE_SYSCALL_INFO_EXIT) move_answer(pid);
        } else if (reason == SIGTRAP) {
            if (status >> 16 == PTRACE_EVENT_EXEC) hide_vdso(pid);
        } else if (reason != SIGSTOP) {
            deliver = reason;
        }
        ptrace(PTRACE_SYSCALL, pid, 0, deliver);
    }
}
