// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Testing

/// A clock that goes one second further each time it is asked.
final class StepClock: HostClock, @unchecked Sendable {
    private var now: Int64 = 1_700_000_000
    func wallSeconds() -> Int64 {
        now += 1
        return now
    }
    func monotonicMilliseconds() -> Int64 { now * 1000 }
    func sleep(milliseconds: Int) async throws {}
}

enum Samples {
    static func digest(_ text: String) -> Digest { Digest.ofBytes(Array(text.utf8)) }
    static func version(_ text: String) throws -> Version { try #require(Version(text)) }
    static func name(_ text: String = "shop") throws -> ReleaseName { try #require(ReleaseName(text)) }
    static func layout(_ scratch: Scratch, _ name: String = "shop") throws -> HostLayout {
        HostLayout(root: scratch.path, product: try Samples.name(name))
    }

    static func active(_ version: String) throws -> ActiveRelease {
        let digest = digest(version)
        return ActiveRelease(
            version: try Samples.version(version), digest: digest, directory: "\(version)-\(digest.short)", slot: .blue,
            since: 1_700_000_000, phase: .baking, settings: Samples.digest("settings"), units: ["shop.web.blue.service"]
        )
    }

    static func release(_ version: String, _ state: ReleaseRecord.State = .good) throws -> ReleaseRecord {
        let active = try active(version)
        return ReleaseRecord(
            version: active.version, digest: active.digest, directory: active.directory, installedAt: 1,
            settings: active.settings, signers: ["ABC"], state: state)
    }

    static func state() throws -> StateRecord {
        var record = StateRecord(name: try name(), addressIndex: 3)
        record.active = try active("1.4.0")
        record.previous = try active("1.3.0")
        record.releases = [try release("1.3.0"), try release("1.5.0", .bad(reason: "line\nfeed \"quote\" ü", at: 5))]
        let endpoint = Endpoint(address: "169.254.77.13", port: 8080)
        record.traffic = [
            TrafficEntry(service: "web", port: "http", number: 80, exposure: .public, ipv4: endpoint, ipv6: nil),
            TrafficEntry(
                service: "db", port: "sql", number: 5432, exposure: .host, ipv4: endpoint,
                ipv6: Endpoint(address: "fd77::f", port: 5432), recreate: true),
        ]
        record.recreate = [
            "db": RecreateRecord(
                unit: "shop.db.service", place: "a1b2", directory: "1.3.0-x", fingerprint: digest("db"))
        ]
        record.floor = try version("1.4.0-rc.1+build.7")
        return record
    }

    static func header() throws -> JournalHeader {
        JournalHeader(
            verb: "install", product: try name(), version: try version("1.4.0"), digest: digest("1.4.0"),
            started: 1_700_000_000, bootID: "boot", process: 42, loginUser: 1000,
            plan: Array("{\"steps\": [\"stage\"]}\n".utf8))
    }
}
