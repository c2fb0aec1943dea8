# SPDX-License-Identifier: Apache-2.0
# A release that never becomes healthy: under load, with a store that would have been replaced. The old one serves on.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
HEALTH=never HEALTH_TIMEOUT=3s pack 1.1.0
ready unhealthy bookworm
install_release 1.0.0
load_begins
status 4 on install /media/stick/pond-1.1.0-amd64.bundle --yes
has web
load_ends
serves 1.0.0
status 0 "$host" run "$h" -- sh -c 'readlink -f /opt/pond/current | grep /1.0.0-'
say "0 of $requests requests failed; longest wait $longest_green ms"
