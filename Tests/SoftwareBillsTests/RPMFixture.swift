// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import SoftwareBills
import Testing

/// Packages that rpmbuild makes, in each of the databases that hold them: SQLite by rpm itself, Berkeley DB by its own loader, ndb
/// laid out as rpm's source says (Debian's rpm writes none).
final class RPMFixture: Sendable {
    /// More than one leaf of SQLite's tree, and headers of more than one page.
    static let count = 90
    private let directory: HostPath

    init() async throws {
        directory = try FileSystem.createTemporaryDirectory()
        var spec = """
            Name: first
            Epoch: 1
            Version: 3.0.7
            Release: 24.el9
            Summary: s
            License: Apache-2.0
            BuildArch: noarch
            %description
            d
            %files

            """
        let text = String(repeating: "a long description ", count: 400)
        for number in 1..<RPMFixture.count {
            spec += "%package -n part\(number)\nSummary: s\nVersion: 1.\(number)\n%description -n part\(number)\n"
            spec += "\(number % 7 == 0 ? text : "d")\n%files -n part\(number)\n"
        }
        try FileSystem.write(Array(spec.utf8), to: directory / "first.spec")
        try await run(["rpmbuild", "-bb", "--quiet", "--define", "_topdir \(directory)", "\(directory)/first.spec"])
        let packages = try FileSystem.list(directory / "RPMS/noarch").sorted().map { "\(directory)/RPMS/noarch/\($0)" }
        let places = ["--root", directory.text, "--define", "_dbpath /db"]
        try await run(["rpm"] + places + ["--initdb"])
        try await run(["rpm"] + places + ["--force-debian", "--nodeps", "-i"] + packages)
    }

    deinit { _ = try? FileSystem.removeTree(directory) }

    private func run(_ argv: [String]) async throws {
        let result = try await SystemCommandRunner().run(Command(argv, environment: ["HOME": directory.text]))
        try #require(result.status == 0, "\(argv[0]): \(result.errorText.suffix(500))")
    }

    /// The headers of the package files, as databases keep them: without lead, signature and magic.
    private var headers: [[UInt8]] {
        get throws {
            try FileSystem.list(directory / "RPMS/noarch").sorted().map { name in
                let file = try FileSystem.readAll(directory / "RPMS/noarch" / name, limit: 1 << 20)
                func number(_ at: Int) -> Int { file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
                let signature = 96 + 16 + number(96 + 8) * 16 + number(96 + 12)
                let header = (signature + 7) / 8 * 8 + 8
                return Array(file[header..<(header + 8 + number(header) * 16 + number(header + 4))])
            }
        }
    }

    var sqlite: [UInt8] { get throws { try FileSystem.readAll(directory / "db/rpmdb.sqlite", limit: 64 << 20) } }

    var ndb: [UInt8] {
        get throws {
            let headers = try headers
            var blobs: [UInt8] = []
            var slots: [UInt8] = []
            for (number, header) in headers.enumerated() {
                slots += Array("Slot".utf8) + little(number + 1) + little((4096 + blobs.count) / 16)
                let padding = [UInt8](repeating: 0, count: (16 - header.count % 16) % 16)
                let blob = Array("BlbS".utf8) + little(number + 1) + little(1) + little(header.count) + header + padding
                slots += little(blob.count / 16)
                blobs += blob
            }
            for _ in headers.count..<254 { slots += Array("Slot".utf8) + [UInt8](repeating: 0, count: 12) }
            let head = Array("RpmP".utf8) + little(0) + little(1) + little(1) + little(headers.count + 1)
            return head + [UInt8](repeating: 0, count: 12) + slots + blobs
        }
    }

    func berkeley() async throws -> [UInt8] {
        var dump = "VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\nHEADER=END\n 00000000\n 5a000000\n"
        for (number, header) in try headers.enumerated() {
            dump += " \(Hexadecimal.encode(little(number + 1)))\n \(Hexadecimal.encode(header))\n"
        }
        try FileSystem.write(Array((dump + "DATA=END\n").utf8), to: directory / "dump")
        try FileSystem.remove(directory / "Packages")
        try await run(["db5.3_load", "-f", "\(directory)/dump", "\(directory)/Packages"])
        return try FileSystem.readAll(directory / "Packages", limit: 64 << 20)
    }

    private func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// What rpm is expected to have made.
    static var packages: Set<SoftwarePackage> {
        let source = "first-3.0.7-24.el9.src.rpm"
        return Set(
            (1..<count).map {
                SoftwarePackage(
                    kind: .rpm, name: "part\($0)", version: "1.\($0)-24.el9", arch: "noarch", epoch: "1",
                    upstream: source)
            } + [
                SoftwarePackage(
                    kind: .rpm, name: "first", version: "3.0.7-24.el9", arch: "noarch", epoch: "1", upstream: source)
            ])
    }
}
