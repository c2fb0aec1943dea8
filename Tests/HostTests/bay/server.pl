# SPDX-License-Identifier: Apache-2.0
# server.pl NAME ADDRESS:PORT|any:PORT [KIND=ADDRESS:PORT]…: answers every request with what it and its neighbours say.
#   any:PORT binds to all addresses, one socket for each family, as images are built to.
#   redis=  counts a request there; nats=  reads the server's name; http=  hands the request on
use strict;
use warnings;
use Socket qw(:all);
$| = 1;
$SIG{CHLD} = 'IGNORE';
# The first process of a container ignores what it has not asked for.
$SIG{TERM} = sub { exit 0 };
my ($name, $where, @neighbours) = @ARGV;

sub listener {
    my ($family, $address) = @_;
    socket(my $s, $family, SOCK_STREAM, 0) or die "socket: $!";
    setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
    setsockopt($s, IPPROTO_IPV6, IPV6_V6ONLY, 1) if $family == AF_INET6;
    bind($s, $address) or die "bind: $!";
    listen($s, 512) or die "listen: $!";
    return $s;
}
my ($host, $port) = $where =~ /^(.*):(\d+)$/;
my @sockets =
    $host eq 'any'
    ? (listener(AF_INET, pack_sockaddr_in($port, INADDR_ANY)), listener(AF_INET6, pack_sockaddr_in6($port, IN6ADDR_ANY)))
    : (listener(AF_INET, pack_sockaddr_in($port, inet_aton($host))));

sub ask {
    my ($kind, $host, $port, $peer) = @_;
    socket(my $s, AF_INET, SOCK_STREAM, 0);
    connect($s, pack_sockaddr_in($port, inet_aton($host))) or return "no $kind at $host:$port: $!";
    if ($kind eq 'redis') {
        syswrite $s, "INCR requests\r\n";
        my $line = readline $s;
        return $line =~ /^:(\d+)/ ? "counted $1" : "redis said $line";
    }
    if ($kind eq 'nats') {
        my $line = readline $s;
        return $line =~ /"server_name":"([^"]+)"/ ? "queue $1" : "nats said $line";
    }
    syswrite $s, "GET / HTTP/1.0\r\n\r\n";
    local $/;
    my $all = readline $s;
    $all =~ s/.*?\r\n\r\n//s;
    return "($all)";
}

# What a service is handed over: a credential, if there is one.
my $secret = '';
if ($ENV{CREDENTIALS_DIRECTORY} and open my $file, '<', "$ENV{CREDENTIALS_DIRECTORY}/TOKEN") { $secret = ' secret ' . <$file> =~ s/\n//r }
print "$name serves at $where\n";

sub answer {
    my ($c, $address) = @_;
    my $peer =
        sockaddr_family($address) == AF_INET
        ? inet_ntoa((unpack_sockaddr_in $address)[1])
        : inet_ntop(AF_INET6, (unpack_sockaddr_in6 $address)[1]);
    while (defined(my $line = readline $c)) { last if $line =~ /^\r?\n$/ }
    my @said = map { /^(\w+)=(.*):(\d+)$/ ? ask($1, $2, $3) : () } @neighbours;
    my $body = join(' ', "$name sees $peer$secret", @said);
    syswrite $c, "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
    shutdown $c, 1;
    sysread $c, my $rest, 100;
}
while (1) {
    my $bits = '';
    vec($bits, fileno($_), 1) = 1 for @sockets;
    next if select($bits, undef, undef, undef) < 1;
    for my $s (@sockets) {
        next unless vec($bits, fileno($s), 1);
        my $address = accept(my $c, $s) or next;
        my $child = fork;
        if (!$child) { answer($c, $address); exit 0 }
        close $c;
    }
}
