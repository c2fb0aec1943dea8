// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

@Suite struct HAProxyTextTests {
    private static let addresses = SlotAddresses(index: 2)

    private func text(hasIPv6: Bool = true) throws -> HAProxyText {
        HAProxyText(addresses: try #require(Self.addresses), directory: "/d", hasIPv6: hasIPv6)
    }

    private func table(_ slot: Slot) throws -> TrafficTable {
        let addresses = try #require(Self.addresses)
        return TrafficTable([
            .init(
                port: 443, exposure: .public, v4: addresses.endpoint(slot, port: 443),
                v6: addresses.endpoint6(slot, port: 443), http: true),
            .init(port: 5432, exposure: .host, v4: addresses.endpoint(nil, port: 5432)),
        ])
    }

    @Test func theConfigurationHasBothSlotsAndNamesNone() throws {
        let config = try text(hasIPv6: false).config(table(.blue))
        #expect(try config == text(hasIPv6: false).config(table(.green)))
        let digest = HAProxyText.digest(of: config)
        #expect(digest.count == 64 && config.contains("    description \(digest)\n"))
        #expect(config.replacing(digest, with: "DIGEST") == TrafficGoldens.haproxy)
    }

    @Test func aFlipChangesTheMapAlone() throws {
        #expect(
            HAProxyText.lines(try text().places(table(.green))) == """
                443.v4 http.169.254.77.10:20443
                443.v6 http.fd77::a:20443
                5432.v4 tcp.169.254.77.11:5432
                5432.v6 tcp.169.254.77.11:5432

                """)
    }

    @Test func whatPortsDoIsReadBackThroughTheProxy() throws {
        let (text, table) = (try text(), try table(.green))
        var rules = TrafficState()
        for entry in text.front(table).entries {
            let ends = Set([entry.v4, entry.v6].compactMap { $0 })
            if entry.exposure == .public {
                rules.everybody[entry.port] = ends
            } else {
                rules.machine[entry.port] = ends
            }
        }
        #expect(text.behind(rules, text.places(table)).does(table))
        #expect(text.behind(rules, try text.places(self.table(.blue))).portsThatDiffer(from: table) == [443])
        // A proxy that does not run leads nowhere; rules past it are told as they are.
        #expect(text.behind(rules, [:]).portsThatDiffer(from: table) == [443, 5432])
        let stray = try #require(Self.addresses).endpoint(.blue, port: 443)
        rules.everybody[443] = [stray]
        #expect(text.behind(rules, text.places(table)).everybody[443] == [stray])
    }

    @Test func answersAreUnderstood() {
        let answer = """
            #<PID>          <type>          <reloads>       <uptime>        <version>
            8194            master          2 [failed: 1]   0d00h00m02s     2.6.12-1+deb12u4
            # workers
            8197            worker          0               0d00h00m01s     2.6.12-1+deb12u4
            # old workers
            8100            worker          1               0d00h01m01s     2.6.12-1+deb12u4
            # programs

            """
        let found = HAProxyAnswers.processes(answer)
        #expect(found == .init(master: 8194, failed: 1, worker: 8197, former: [8100]))
        #expect(HAProxyAnswers.processes("") == .init())
        #expect(HAProxyAnswers.version("New version created: 3\n\n") == 3)
        #expect(HAProxyAnswers.version("Unknown map identifier.\n") == nil)
        #expect(HAProxyAnswers.places("0x560f29e715c0 443.v4 tcp.closed\n\n") == ["443.v4": "tcp.closed"])
        #expect(HAProxyAnswers.digest("Name: HAProxy\ndescription: ab\n") == "ab")
    }

    @Test(arguments: [
        (["http"], true), (["tcp"], false), (["http", "grpc"], false), (["metrics", "tcp"], true), (["https"], false),
        ([], false),
    ])
    func whatIsReadAsHTTP(kinds: [String], isRead: Bool) {
        let tls = CheckTLS(ca: "ca")
        let checks = kinds.map { kind -> HealthCheck.Probe in
            switch kind {
            case "http": .http(port: "p", path: "/", status: 200, body: nil, host: nil)
            case "https": .http(port: "p", path: "/", status: 200, body: nil, host: nil, tls: tls)
            case "grpc": .grpc(port: "p", service: "", host: nil, tls: nil)
            case "metrics":
                .metrics(port: "p", path: "/", sample: "up", bounds: MetricBounds(), host: nil, tls: nil)
            default: .tcp(port: "p")
            }
        }
        #expect(checks.speakHTTP(at: "p") == isRead)
        #expect(!checks.speakHTTP(at: "q"))
    }

    @Test func theUnitAsksForNothing() throws {
        let unit = HAProxyUnit(
            product: try #require(ReleaseName("pagi")), program: "/usr/sbin/haproxy",
            directory: "/var/lib/bundle/pagi/haproxy")
        let text = try unit.text().text
        #expect(
            text.contains(
                "ExecStart=:/usr/sbin/haproxy -Ws -f /var/lib/bundle/pagi/haproxy/haproxy.cfg -S /run/bundle-haproxy-pagi/master,mode,600\n"
            ))
        for line in ["Restart=always", "StartLimitIntervalSec=0", "CapabilityBoundingSet=", "DynamicUser=yes"] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }
}
