// SPDX-License-Identifier: Apache-2.0

/// A secret that a site must or may provide as `/etc/NAME/secrets/ID`.
package struct SecretDeclaration: Codable, Equatable, Sendable {
    package var required: Bool
    package var about: String?
    /// For one that is a certificate: what it has to be.
    package var certificate: CertificateDeclaration?

    package init(required: Bool, about: String? = nil, certificate: CertificateDeclaration? = nil) {
        self.required = required
        self.about = about
        self.certificate = certificate
    }
}

/// What a certificate that a site provides has to be; checked before an installation changes anything, and by `status`.
package struct CertificateDeclaration: Codable, Equatable, Sendable {
    /// The secret that holds its private key.
    package var key: String
    /// Names that clients call it by: host names or addresses; templates. Each has to be among its alternative names.
    package var names: [String]
    /// How long before its end a host begins to warn.
    package var warn: TimeSpan

    package init(key: String, names: [String] = [], warn: TimeSpan = .seconds(30 * 86_400)) {
        self.key = key
        self.names = names
        self.warn = warn
    }
}

/// How one service is handed one secret.
package struct SecretUse: Codable, Equatable, Sendable {
    package enum Delivery: String, Codable, Sendable {
        /// A file in the unit's credentials directory.
        case credential
        /// An environment variable, set by the program that starts the service, never written in a unit.
        case environment
    }

    package var id: String
    package var delivery: Delivery

    package init(id: String, delivery: Delivery = .credential) {
        self.id = id
        self.delivery = delivery
    }
}
