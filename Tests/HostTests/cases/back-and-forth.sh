# SPDX-License-Identifier: Apache-2.0
# Twenty whole installations, two releases in turn, under load from both sides of the wire, IPv4 and IPv6, new connections
# and kept ones. The web is blue-green, the store has one writer and is replaced each time: no request fails.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
pack 1.1.0
ready backforth bookworm
install_release 1.0.0
serves 1.0.0
load_begins
began=$SECONDS
for turn in $(seq "${TURNS:-20}"); do
    if [ $((turn % 2)) = 1 ]; then version=1.1.0; else version=1.0.0; fi
    if [ $((turn % 2)) = 1 ]; then install_release "$version"; else status 0 on rollback --yes; fi
    serves "$version"
done
load_ends
say "$turn installations in $((SECONDS - began)) s: 0 of $requests requests failed; longest wait $longest_green ms" \
    "(blue-green), $longest_held ms (one writer); $cut open connections cut at the end of their drain"
