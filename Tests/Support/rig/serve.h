// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/socket.h>

// Reads "192.0.2.1:80", "[fd77::1]:80" or "[fe80::1%up0]:80". Returns the length of the address, or 0.
socklen_t parse_address(const char *text, struct sockaddr_storage *out);
// Answers every HTTP request with NAME until SIGTERM. Arguments: [--FLAG N]... NAME ADDRESS:PORT...
int serve(int count, char **arguments);
// Tries every TCP port of each ADDRESS, and prints those that answer. Arguments: [--timeout S] ADDRESS...
int scan(int count, char **arguments);
