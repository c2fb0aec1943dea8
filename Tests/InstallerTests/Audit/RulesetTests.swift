// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import EngineFakes
@testable import Installer

/// Two listings of one nft, line by line.
@Suite struct RulesetTests {
    private static let listing = """
        table inet bundle_pond {
        \tset held {
        \t\ttype inet_service
        \t\tflags timeout
        \t}

        \tchain guard {
        \t\ttype filter hook prerouting priority -310; policy accept;
        \t\tiifname != "lo" ip daddr 169.254.77.0/30 drop
        \t}

        \tchain layout_4 {
        \t}

        \tchain public_ports {
        \t\tmeta nfproto ipv4 tcp dport 80 dnat ip to 169.254.77.1:20080
        \t}
        }

        """

    private func changed(_ from: String, _ to: String) -> [String] {
        let found = Self.listing.split(separator: from, omittingEmptySubsequences: false).joined(separator: to)
        return TrafficComparer.differences(expected: Self.listing, found: found).map {
            ($0.isExpected ? "- " : "+ ") + "\($0.block): \($0.text)"
        }
    }

    @Test func equalsDoNotDiffer() { #expect(changed("nothing", "else") == []) }

    @Test func aRuleThatWasExchangedIsSeenThoughTheirNumberIsTheSame() {
        #expect(
            changed("ip daddr 169.254.77.0/30 drop", "ip daddr 169.254.77.0/30 accept") == [
                "- chain guard: iifname != \"lo\" ip daddr 169.254.77.0/30 drop",
                "+ chain guard: iifname != \"lo\" ip daddr 169.254.77.0/30 accept",
            ])
    }

    @Test func aChainMoreOrLessIsSeen() {
        #expect(changed("\tchain layout_4 {\n\t}\n", "") == ["- chain layout_4: chain layout_4"])
        #expect(
            changed("\tchain layout_4 {\n\t}\n", "\tchain layout_4 {\n\t}\n\tchain x {\n\t}\n") == [
                "+ chain x: chain x"
            ])
    }

    @Test func elementsThatComeAndGoAreNoRules() {
        #expect(
            changed(
                "\t\tflags timeout\n",
                "\t\tflags timeout\n\t\telements = { 80 timeout 20s expires 18s,\n\t\t\t     443 timeout 20s }\n") == []
        )
    }
}
