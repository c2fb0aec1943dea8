// SPDX-License-Identifier: Apache-2.0

enum TrafficGoldens {
    /// Number 2, IPv4 alone: 443 speaks HTTP, 5432 has a service that runs once.
    static let haproxy = """
        # Written by bundle; whatever is changed here is undone at the next cutover.
        # DIGEST

        global
            description DIGEST
            tune.bufsize 32768

        defaults
            timeout connect 2m
            timeout client 20d
            timeout server 20d
            timeout tunnel 20d
            retries 3
            option clitcpka
            option srvtcpka

        frontend 443.v4
            mode http
            option http-server-close
            option forwardfor
            option idle-close-on-response
            option http-ignore-probes
            timeout http-keep-alive 1h
            timeout http-request 5m
            bind 169.254.77.8:20443
            use_backend %[fe_name,map(/d/ports.map,http.closed)]

        frontend 5432.v4
            mode tcp
            bind 169.254.77.8:5432
            use_backend %[fe_name,map(/d/ports.map,tcp.closed)]

        backend http.169.254.77.9:20443
            mode http
            option http-server-close
            http-reuse never
            server slot 169.254.77.9:20443

        backend http.169.254.77.10:20443
            mode http
            option http-server-close
            http-reuse never
            server slot 169.254.77.10:20443

        backend tcp.169.254.77.11:5432
            mode tcp
            server slot 169.254.77.11:5432

        backend http.closed
            mode http

        backend tcp.closed
            mode tcp

        """

    /// Product `pagi`, number 3, with blue serving, as a version before decision 0044 would leave it: in what concerns ports.
    static let maps = """
        delete table inet bundle_pagi
        add table inet bundle_pagi
        add map inet bundle_pagi host4 { type inet_service : ipv4_addr . inet_service; }
        add map inet bundle_pagi public4 { type inet_service : ipv4_addr . inet_service; }
        add map inet bundle_pagi public6 { type inet_service : ipv6_addr . inet_service; }
        add set inet bundle_pagi held { type inet_service; flags timeout; }
        add set inet bundle_pagi near4 { type ipv4_addr . inet_service; flags interval; }
        add set inet bundle_pagi near6 { type ipv6_addr . inet_service; flags interval; }
        add chain inet bundle_pagi layout_3
        add chain inet bundle_pagi everybody
        add chain inet bundle_pagi neighbours
        add chain inet bundle_pagi route_in { type nat hook prerouting priority -110; policy accept; }
        add rule inet bundle_pagi everybody meta nfproto ipv4 dnat ip to tcp dport map @public4
        add rule inet bundle_pagi everybody meta nfproto ipv6 dnat ip6 to tcp dport map @public6
        add rule inet bundle_pagi neighbours ip saddr . tcp dport @near4 dnat ip to tcp dport map @host4
        add rule inet bundle_pagi route_in fib daddr type local jump everybody
        add rule inet bundle_pagi route_in fib daddr type local jump neighbours
        add element inet bundle_pagi public4 { 443 : 169.254.77.13 . 20443, 6379 : 169.254.77.15 . 6379 }
        add element inet bundle_pagi public6 { 443 : fd77::d . 20443 }
        add element inet bundle_pagi host4 { 9100 : 169.254.77.13 . 9100, 9200 : 169.254.77.13 . 9100 }
        add element inet bundle_pagi near4 { 10.99.0.0/24 . 9200 }
        add element inet bundle_pagi near6 { fd99::/64 . 9200 }
        add element inet bundle_pagi held { 6379 timeout 60s }

        """

    /// Product `pagi-two`, number 2.
    static let ensure = """
        add table inet bundle_pagi_two
        add map inet bundle_pagi_two idle4 { type inet_service : ipv4_addr . inet_service; }
        add map inet bundle_pagi_two idle6 { type inet_service : ipv6_addr . inet_service; }
        add set inet bundle_pagi_two held { type inet_service; flags timeout; }
        add set inet bundle_pagi_two held4 { type ipv4_addr . inet_service; flags timeout; }
        add set inet bundle_pagi_two held6 { type ipv6_addr . inet_service; flags timeout; }
        add set inet bundle_pagi_two preview4 { type ipv4_addr; flags interval; auto-merge; }
        add set inet bundle_pagi_two preview6 { type ipv6_addr; flags interval; auto-merge; }
        add set inet bundle_pagi_two canary { type inet_service; flags timeout; }
        add chain inet bundle_pagi_two layout_4
        add chain inet bundle_pagi_two host_ports
        add chain inet bundle_pagi_two neighbours
        add chain inet bundle_pagi_two public_ports
        add chain inet bundle_pagi_two guard { type filter hook prerouting priority -310; policy accept; }
        add chain inet bundle_pagi_two gate
        add chain inet bundle_pagi_two gate_in { type filter hook prerouting priority -300; policy accept; }
        add chain inet bundle_pagi_two gate_out { type filter hook output priority -300; policy accept; }
        add chain inet bundle_pagi_two share
        add chain inet bundle_pagi_two aside
        add chain inet bundle_pagi_two route_in { type nat hook prerouting priority -110; policy accept; }
        add chain inet bundle_pagi_two route_out { type nat hook output priority -110; policy accept; }
        flush chain inet bundle_pagi_two guard
        flush chain inet bundle_pagi_two gate
        flush chain inet bundle_pagi_two gate_in
        flush chain inet bundle_pagi_two gate_out
        flush chain inet bundle_pagi_two share
        flush chain inet bundle_pagi_two aside
        flush chain inet bundle_pagi_two route_in
        flush chain inet bundle_pagi_two route_out
        add rule inet bundle_pagi_two guard iifname != "lo" ip daddr 169.254.77.8/30 drop
        add rule inet bundle_pagi_two guard iifname != "lo" ip6 daddr fd77::8/126 drop
        add rule inet bundle_pagi_two gate ip daddr . tcp dport @held4 drop
        add rule inet bundle_pagi_two gate ip6 daddr . tcp dport @held6 drop
        add rule inet bundle_pagi_two gate ip daddr 169.254.77.0/24 return
        add rule inet bundle_pagi_two gate ip6 daddr fd77::/112 return
        add rule inet bundle_pagi_two gate fib daddr type local tcp dport @held drop
        add rule inet bundle_pagi_two gate_in meta mark != 0x62756e64 tcp flags syn / fin,syn,rst,ack jump gate
        add rule inet bundle_pagi_two gate_out meta mark != 0x62756e64 tcp flags syn / fin,syn,rst,ack jump gate
        add rule inet bundle_pagi_two aside ip saddr @preview4 dnat ip to tcp dport map @idle4
        add rule inet bundle_pagi_two aside ip6 saddr @preview6 dnat ip6 to tcp dport map @idle6
        add rule inet bundle_pagi_two aside tcp dport @canary jump share
        add rule inet bundle_pagi_two route_in ip daddr 169.254.77.0/24 return
        add rule inet bundle_pagi_two route_in ip6 daddr fd77::/112 return
        add rule inet bundle_pagi_two route_in fib daddr type != local return
        add rule inet bundle_pagi_two route_in jump aside
        add rule inet bundle_pagi_two route_in jump public_ports
        add rule inet bundle_pagi_two route_in jump neighbours
        add rule inet bundle_pagi_two route_out ip daddr 169.254.77.0/24 return
        add rule inet bundle_pagi_two route_out ip6 daddr fd77::/112 return
        add rule inet bundle_pagi_two route_out fib daddr type != local return
        add rule inet bundle_pagi_two route_out jump aside
        add rule inet bundle_pagi_two route_out jump public_ports
        add rule inet bundle_pagi_two route_out jump host_ports
        flush chain inet bundle_pagi_two host_ports
        flush chain inet bundle_pagi_two neighbours
        flush chain inet bundle_pagi_two public_ports

        """
}
