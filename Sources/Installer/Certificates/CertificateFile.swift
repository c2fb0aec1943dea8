// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import NIOSSL

/// What a site's certificate file says, as a TLS server would read it (decision 0024). Pure: bytes in, facts out.
///
/// NIOSSL stops the program where it is asked for what a certificate does not have; only calls that throw are made here.
struct CertificateFile {
    private let chain: [NIOSSLCertificate]

    /// - Parameter bytes: PEM, the service's own certificate first, then those of its authorities.
    init(_ bytes: [UInt8]) throws(CertificateFault) {
        guard !bytes.isEmpty, let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
            throw .unreadable
        }
        self.chain = chain
    }

    /// Seconds since 1970. A chain ends with the first of its certificates that does.
    var ends: Int64 { chain.map { Int64($0.notValidAfter) }.min() ?? 0 }
    var begins: Int64 { chain.map { Int64($0.notValidBefore) }.max() ?? 0 }

    /// The alternative names of the service's own. RFC 9525 §2: clients do not look at its common name.
    var names: CertificateNames {
        var names = CertificateNames()
        guard let own = chain.first else { return names }
        for name in own._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: names.hosts.append(String(decoding: name.contents, as: UTF8.self))
            case .ipAddress: names.addresses.append(Array(name.contents))
            default: break
            }
        }
        return names
    }

    /// Whether the key is the certificate's: a server's context takes no other, of RSA, EC or Ed25519.
    func check(key: [UInt8]) throws(CertificateFault) {
        guard !key.isEmpty else { throw .keyUnreadable }
        let isEncrypted = IsAsked()
        let found = try? NIOSSLPrivateKey(bytes: key, format: .pem) { (_: (([UInt8]) -> Void)) in
            // Without this, the library would ask whoever sits at the terminal.
            isEncrypted.value = true
            throw CertificateFault.keyEncrypted
        }
        guard let found else { throw isEncrypted.value ? .keyEncrypted : .keyUnreadable }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(found))
        guard (try? NIOSSLContext(configuration: configuration)) != nil else { throw .notAPair }
    }

    /// Told by the library's callback, which has no other way to.
    private final class IsAsked {
        var value = false
    }
}

/// What a certificate is good for.
struct CertificateNames: Equatable {
    var hosts: [String] = []
    /// 4 or 16 bytes.
    var addresses: [[UInt8]] = []

    /// - Parameter name: a host name or an IP address.
    func cover(_ name: String) -> Bool {
        if let address = Endpoint(address: name, port: 0).socket?.address { return addresses.contains(address) }
        let labels = CertificateNames.labels(name)
        return hosts.contains { host in
            let pattern = CertificateNames.labels(host)
            // RFC 9525 §6.3: a star is a whole label, the first one, and stands for exactly one.
            guard pattern.first == "*", pattern.count > 2 else { return pattern == labels }
            return labels.count == pattern.count && labels.dropFirst() == pattern.dropFirst()
        }
    }

    /// For people.
    var texts: [String] {
        hosts
            + addresses.map { bytes in
                bytes.count == 4
                    ? bytes.map(String.init).joined(separator: ".")
                    : stride(from: 0, to: bytes.count - 1, by: 2)
                        .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
            }
    }

    private static func labels(_ name: String) -> [Substring] {
        (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
            .split(separator: ".", omittingEmptySubsequences: false).map { $0 }
    }
}
