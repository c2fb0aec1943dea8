// SPDX-License-Identifier: Apache-2.0
import HostSystem
import NIOSSL
import Testing

/// Certificates made by openssl: an authority, and what it signs.
final class TestCertificates: Sendable {
    private let directory: HostPath
    private static let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    init() async throws {
        directory = try FileSystem.createTemporaryDirectory()
        try await authority("ca")
    }

    deinit { _ = try? FileSystem.removeTree(directory) }

    /// A certificate of its own, for `name` and no authority's.
    func selfSigned(_ file: String, name: String) async throws {
        try await openssl(
            ["req", "-x509"] + Self.key + [
                "-keyout", path("\(file).key"), "-out", path("\(file).crt"), "-days", "30", "-subj", "/CN=\(file)",
                "-addext", "subjectAltName=DNS:\(name)",
            ])
    }

    func authority(_ file: String) async throws {
        try await openssl(
            ["req", "-x509"] + Self.key + [
                "-keyout", path("\(file).key"), "-out", path("\(file).crt"), "-days", "30", "-subj", "/CN=\(file)",
                "-addext", "basicConstraints=critical,CA:TRUE",
            ])
    }

    /// - Parameter days: how long it is valid from now; negative: it was.
    func signed(_ file: String, name: String, days: Int = 30, by authority: String = "ca") async throws {
        try await openssl(
            ["req"] + Self.key + [
                "-keyout", path("\(file).key"), "-out", path("\(file).csr"), "-subj", "/CN=\(file)", "-addext",
                "subjectAltName=DNS:\(name)",
            ])
        try await openssl([
            "x509", "-req", "-in", path("\(file).csr"), "-CA", path("\(authority).crt"), "-CAkey",
            path("\(authority).key"), "-CAcreateserial", "-copy_extensions", "copy", "-days", "\(days)", "-out",
            path("\(file).crt"),
        ])
    }

    func pem(_ file: String) throws -> [UInt8] { try FileSystem.readAll(directory / "\(file).crt", limit: 1 << 16) }

    func server(_ file: String, protocols: [String] = []) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(try pem(file)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path("\(file).key"), format: .pem)))
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }

    private func path(_ name: String) -> String { (directory / name).text }

    private func openssl(_ arguments: [String]) async throws {
        let result = try await SystemCommandRunner().run(Command(["openssl"] + arguments))
        try #require(result.status == 0, "\(result.errorText)")
    }
}
