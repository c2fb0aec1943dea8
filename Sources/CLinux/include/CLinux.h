#pragma once
// What Swift cannot see in glibc: variadic system calls and calls newer than its overlay.
// Each function returns what the system call returns and sets errno; nothing is decided here.

/// renameat2(2) with RENAME_NOREPLACE: never replaces what is there.
int bundle_rename_noreplace(int old_directory, const char *old_name, int new_directory, const char *new_name);

/// renameat2(2) with RENAME_EXCHANGE: both names stay, their files change places.
int bundle_rename_exchange(int old_directory, const char *old_name, int new_directory, const char *new_name);
