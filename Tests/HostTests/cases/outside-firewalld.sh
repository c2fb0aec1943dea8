# SPDX-License-Identifier: Apache-2.0
# firewalld: as it comes it lets rewritten connections in; with StrictForwardPorts=yes it does not. A firewall that closes
# while a new release is watched takes the release back, with the reason.
. "$(dirname "$0")/../outside.sh"
"$host" run "$h" -- systemctl start firewalld
install_release 1.0.0
serves 1.0.0
status 0 on status
has "from outside: IPv4 answers, IPv6 answers"
left_behind
[ -z "$("$host" run "$h" -- firewall-cmd --list-interfaces)" ] || die "firewalld was given an interface"
say "firewalld as it comes: nothing to open"
gone

strict() {
    "$host" run "$h" -- sed -i "s/^StrictForwardPorts=.*/StrictForwardPorts=$1/" /etc/firewalld/firewalld.conf
    "$host" run "$h" -- firewall-cmd --reload >/dev/null
}
strict yes
blocked "80, 8081" "inet firewalld filter_INPUT_dnat" "--add-forward-port=port=80:proto=tcp:toport=20080"
opens "firewalld with StrictForwardPorts=yes"

# The ports close while 1.1.0 is watched: nobody but a client can tell.
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
installing=$!
background+=($installing)
for _ in $(seq 150); do
    grep -q 'watch the new release' "$work/install" && break
    sleep 0.1
done
# Not by a reload: while firewalld reloads it drops everything, loopback too, and health would be the first to miss it.
"$host" run "$h" -- firewall-cmd --remove-forward-port=port=80:proto=tcp:toport=20080 >/dev/null
got=0
wait $installing || got=$?
said=$(<"$work/install")
[ "$got" = 4 ] || { echo "$said" >&2 && die "exit status $got, wanted 4"; }
has "port 80 does not answer clients" "the new slot itself does" "filter_INPUT_dnat" "--add-forward-port=port=80"
strict no
serves 1.0.0
left_behind
say "closed while a release was watched: taken back, with the line that opens it"
