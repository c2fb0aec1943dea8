# SPDX-License-Identifier: Apache-2.0
# scan.pl ADDRESS…: every TCP port of each address that takes a connection, one line "ADDRESS PORT" each.
use strict;
use warnings;
use Socket qw(:all);
$SIG{ALRM} = sub { };
for my $address (@ARGV) {
    my $six = $address =~ /:/;
    my $bytes = inet_pton($six ? AF_INET6 : AF_INET, $address);
    for my $port (1 .. 65535) {
        socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die "socket: $!";
        # Dropped rather than refused: nobody is there either.
        setsockopt($s, SOL_SOCKET, SO_SNDTIMEO, pack('l!l!', 1, 0));
        print "$address $port\n" if connect($s, $six ? pack_sockaddr_in6($port, $bytes) : pack_sockaddr_in($port, $bytes));
        close $s;
    }
}
