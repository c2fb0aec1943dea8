# SPDX-License-Identifier: Apache-2.0
# Somebody flushes the firewall: `status` tells, `recover` puts the rules back, and no service is touched.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
ready flushed bookworm
install_release 1.0.0
before=$("$host" run "$h" -- systemctl show -p InvocationID --value pond.web.blue.service pond.store.service)
"$host" run "$h" -- nft flush ruleset
case $(answer http://192.0.2.1:80/) in web-*) die "it answers without rules" ;; esac
status 12 on status
status 0 on recover
has "put back"
serves 1.0.0
status 0 on status
[ "$before" = "$("$host" run "$h" -- systemctl show -p InvocationID --value pond.web.blue.service pond.store.service)" ] ||
    die "a service was restarted"
status 0 on recover
has "nothing to recover"
say "flushed rules are seen and put back"
