// SPDX-License-Identifier: Apache-2.0

/// Why a certificate cannot be used; an installation with it is refused. Times are seconds since 1970.
package enum CertificateFault: Error, Equatable, Sendable {
    /// No PEM certificate, or one that is damaged.
    case unreadable
    case keyMissing(String)
    /// No PEM private key, or of a kind that no server takes.
    case keyUnreadable
    /// Nobody is there to type a passphrase when a service starts.
    case keyEncrypted
    /// Its public key is not that of the private key.
    case notAPair(key: String)
    /// Names that clients call the service by and the certificate lacks; `has`: those that it has.
    case namesMissing([String], has: [String])
    case expired(Int64)
    case notYetValid(Int64)

    static var notAPair: CertificateFault { .notAPair(key: "") }
}

/// What should be known of a certificate that still works.
package enum CertificateNotice: Codable, Equatable, Sendable {
    /// Whole days that are left.
    case expiresSoon(Int64, days: Int)
    /// It begins within a day from now: the clocks of two machines differ.
    case beginsSoon(Int64)
}

/// What was found out about one certificate of a site.
package struct CertificateReport: Equatable, Sendable {
    /// The ID of the secret.
    package var id: String
    package var faults: [CertificateFault]
    package var notices: [CertificateNotice]

    package init(id: String, faults: [CertificateFault] = [], notices: [CertificateNotice] = []) {
        self.id = id
        self.faults = faults
        self.notices = notices
    }
}
