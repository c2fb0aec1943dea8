// SPDX-License-Identifier: Apache-2.0
package import HostSystem
import NIOSSL

/// How registries are reached: whom to believe, and as whom to ask.
package struct RegistryAccess: Sendable {
    let credentials: RegistryCredentials
    /// Plain HTTP also to other machines than this one.
    let plainHTTP: Bool
    let tls: NIOSSLContext

    /// - Parameter authority: certificates in PEM that are believed beside the system's.
    /// - Throws: `RegistryError.badAuthority`; `SystemCallError`.
    package init(credentials: RegistryCredentials = .none, authority: HostPath? = nil, plainHTTP: Bool = false) throws {
        self.credentials = credentials
        self.plainHTTP = plainHTTP
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authority {
            let bytes = try FileSystem.readAll(authority, limit: 4 << 20)
            guard let roots = try? NIOSSLCertificate.fromPEMBytes(bytes), !roots.isEmpty else {
                throw RegistryError.badAuthority(file: authority.text)
            }
            configuration.additionalTrustRoots = [.certificates(roots)]
        }
        do {
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            // A system that has no authorities of its own (no package ca-certificates) believes none but the one given.
            configuration.trustRoots = .certificates([])
            tls = try NIOSSLContext(configuration: configuration)
        }
    }
}
