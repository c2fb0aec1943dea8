// SPDX-License-Identifier: Apache-2.0
// strike GLOB WORD list|NUMBER kill|with COMMAND…|COMMAND…: stops a run of the tool at one moment of its journal, from outside.
//
// The run is the process whose control group fits GLOB, whose program is called `bundle` and whose arguments contain WORD.
// It is seized (ptrace(2)) before it writes; from then on every moment at which the journal changes is counted, over all of
// its threads: for each line `before` its write, when it is `written` and when it is `synced`; a rename of the journal
// `before` and when it is `there`. `list` prints them all. At moment NUMBER the thread that writes is held inside of that
// system call, so nothing of the run goes on; then the run is killed, or COMMAND runs (a power cut), with the run held. Behind `with` the run goes on when COMMAND has ended.
//
// Exit status: 0 struck (or listed), 1 the run ended before, 2 no run came, 3 it came too late to see it from its beginning.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 256
struct thread {
    pid_t id;
    char label[160];  // what the system call under way will have done; empty when it is none of the journal's
};
static struct thread threads[THREADS];
static int moments, target, lines;
static pid_t run;
static char line_label[96];

static struct thread *thread(pid_t id) {
    for (int i = 0; i < THREADS; i++) {
        if (threads[i].id == id) return &threads[i];
        if (!threads[i].id) {
            threads[i].id = id;
            return &threads[i];
        }
    }
    exit(4);
}

static int ends(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && !strcmp(text + a - b, end);
}

static void read_memory(uint64_t address, char *out, size_t count) {
    // Up to a page boundary at a time: what is asked for may reach beyond what is mapped.
    size_t done = 0;
    while (done < count) {
        size_t part = 4096 - ((address + done) & 4095);
        if (part > count - done) part = count - done;
        struct iovec here = {out + done, part}, there = {(void *)(address + done), part};
        ssize_t got = process_vm_readv(run, &here, 1, &there, 1, 0);
        if (got <= 0) break;
        done += (size_t)got;
    }
    out[done < count ? done : count - 1] = 0;
}

static int is_journal(uint64_t descriptor) {
    char path[64], to[512];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", run, (int)descriptor);
    ssize_t count = readlink(path, to, sizeof to - 1);
    if (count < 0) return 0;
    to[count] = 0;
    return ends(to, "/journal");
}

// `{"at":…,"entry":{"intent":"unpack"},…` gives `intent unpack`.
static void name_line(const char *text) {
    const char *at = strstr(text, "\"entry\":{\"");
    snprintf(line_label, sizeof line_label, "line");
    if (!at) return;
    char kind[32], value[32] = "";
    if (sscanf(at + 10, "%31[a-z]\":\"%31[a-z-]\"", kind, value) < 1) return;
    snprintf(line_label, sizeof line_label, "%s%s%s", kind, *value ? " " : "", value);
}

// Returns 1 when this is the moment to strike.
static int moment(const char *word) {
    moments++;
    if (!target || moments == target) printf("%d\t%02d %s %s\n", moments, lines, word, line_label);
    fflush(stdout);
    return moments == target;
}

static int entered(struct thread *thread, uint64_t number, const uint64_t *args) {
    char text[4096], other[4096];
    thread->label[0] = 0;
    switch (number) {
    case SYS_write:
    case SYS_pwrite64:
        if (!is_journal(args[0])) return 0;
        read_memory(args[1], text, args[2] + 1 < sizeof text ? args[2] + 1 : sizeof text);
        lines++;
        name_line(text);
        strcpy(thread->label, "written");
        return moment("before");
    case SYS_fsync:
    case SYS_fdatasync:
        if (is_journal(args[0])) strcpy(thread->label, "synced");
        return 0;
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2: {
        int is_short = number == SYS_rename;
        read_memory(args[is_short ? 0 : 1], text, 512);
        read_memory(args[is_short ? 1 : 3], other, 512);
        if (ends(other, "/journal")) {
            lines = 1;
            strcpy(line_label, "begun");
        } else if (ends(text, "/journal")) {
            strcpy(line_label, "put away");
        } else {
            return 0;
        }
        strcpy(thread->label, "there");
        return moment("before");
    }
    }
    return 0;
}

static int on_stop(pid_t id) {
    struct __ptrace_syscall_info call;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof call, &call) <= 0) return 0;
    struct thread *known = thread(id);
    if (call.op == PTRACE_SYSCALL_INFO_ENTRY) return entered(known, call.entry.nr, call.entry.args);
    if (call.op != PTRACE_SYSCALL_INFO_EXIT || !known->label[0]) return 0;
    char word[160];
    strcpy(word, known->label);
    known->label[0] = 0;
    if (call.exit.is_error) strcat(word, "-failed");
    return moment(word);
}

static int seize_threads(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", run);
    int again = 1, any = 0;
    while (again) {
        again = 0;
        DIR *tasks = opendir(path);
        if (!tasks) return any;
        struct dirent *entry;
        while ((entry = readdir(tasks))) {
            pid_t id = atoi(entry->d_name);
            if (id <= 0) continue;
            if (ptrace(PTRACE_SEIZE, id, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE) == 0) {
                ptrace(PTRACE_INTERRUPT, id, 0, 0);
                again = any = 1;
            }
        }
        closedir(tasks);
    }
    return any;
}

static int is_run(pid_t id, const char *word) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/exe", id);
    ssize_t count = readlink(path, text, sizeof text - 1);
    if (count <= 0) return 0;
    text[count] = 0;
    if (!ends(text, "/bundle")) return 0;
    snprintf(path, sizeof path, "/proc/%d/cmdline", id);
    int file = open(path, O_RDONLY);
    if (file < 0) return 0;
    count = read(file, text, sizeof text - 1);
    close(file);
    for (char *at = text; count > 0 && at < text + count; at += strlen(at) + 1)
        if (!strcmp(at, word)) return 1;
    return 0;
}

static pid_t find(const char *pattern, const char *word) {
    glob_t found;
    pid_t result = 0;
    if (glob(pattern, GLOB_NOSORT, NULL, &found)) return 0;
    for (size_t i = 0; i < found.gl_pathc && !result; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/cgroup.procs", found.gl_pathv[i]);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        int id;
        while (!result && fscanf(file, "%d", &id) == 1)
            if (is_run(id, word)) result = id;
        fclose(file);
    }
    globfree(&found);
    return result;
}

// The first journal line of a run is placed by a rename; before that there is no file of the journal that it has open.
static int is_late(void) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/fd", run);
    DIR *files = opendir(path);
    struct dirent *entry;
    int late = 0;
    while (files && (entry = readdir(files))) late |= atoi(entry->d_name) > 2 && is_journal((uint64_t)atoi(entry->d_name));
    if (files) closedir(files);
    return late;
}

static void strike(char **command) {
    if (!strcmp(command[0], "kill")) {
        kill(run, SIGKILL);
        return;
    }
    int goes_on = !strcmp(command[0], "with"), status;
    pid_t child = fork();
    if (child == 0) {
        execvp(command[goes_on], command + goes_on);
        _exit(127);
    }
    if (goes_on) {
        if (waitpid(child, &status, 0) != child || status != 0) exit(5);
        return;
    }
    // The dead of the run are ours to bury: until that is done, their namespace does not end.
    for (pid_t id; (id = waitpid(-1, &status, __WALL)) > 0;)
        if (id == child) exit(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 5);
    exit(5);
}

int main(int count, char **values) {
    if (count < 5) return 64;
    target = strcmp(values[3], "list") ? atoi(values[3]) : 0;
    struct timespec pause = {0, 500000};
    for (int i = 0; i < 60000 && !run; i++) {
        run = find(values[1], values[2]);
        if (!run) nanosleep(&pause, NULL);
    }
    if (!run || !seize_threads()) return 2;
    if (is_late()) return 3;
    int struck = 0, status;
    for (pid_t id; (id = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (id == run) return struck || !target ? 0 : 1;
            continue;
        }
        int signal = WSTOPSIG(status), event = status >> 16;
        if (signal == (SIGTRAP | 0x80)) {
            if (!struck && on_stop(id)) {
                struck = 1;
                strike(values + 4);
            }
            signal = 0;
        } else if (event) {
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, id, 0, signal);
    }
    return struck || !target ? 0 : 1;
}
