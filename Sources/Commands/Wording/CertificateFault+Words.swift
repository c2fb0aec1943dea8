// SPDX-License-Identifier: Apache-2.0
import Installer

extension CertificateFault {
    /// What follows the certificate's name.
    var words: String {
        switch self {
        case .unreadable: "is no PEM certificate, or a damaged one"
        case .keyMissing(let key): "has no private key: the secret \(key) is not there"
        case .keyUnreadable: "has a private key that is no PEM key of RSA, EC or Ed25519, or a damaged one"
        case .keyEncrypted: "has a private key with a passphrase"
        case .notAPair(let key): "and the private key \(key) are not a pair"
        case .namesMissing(let missing, let has):
            "is not for \(missing.joined(separator: ", ")); it is for "
                + (has.isEmpty ? "no name at all" : has.joined(separator: ", "))
        case .expired(let end): "expired on \(UTCTime(end))"
        case .notYetValid(let begin): "is not valid before \(UTCTime(begin))"
        }
    }

    func hint(_ id: String) -> String {
        switch self {
        case .unreadable:
            "it begins with -----BEGIN CERTIFICATE-----; the service's own comes first, its authorities follow"
        case .keyMissing, .keyUnreadable: "put the key that the certificate was made for into its file, mode 0600"
        case .keyEncrypted: "nobody types it when a service starts: openssl pkey writes it without"
        case .notAPair: "openssl x509 -noout -pubkey and openssl pkey -pubout print the same for a pair"
        case .namesMissing: "clients look at subjectAltName only; have it made anew with the names"
        case .expired, .notYetValid: "put a new one into its place, or mend this machine's clock"
        }
    }
}

extension CertificateNotice {
    /// What follows the certificate's name.
    var words: String {
        switch self {
        case .expiresSoon(let end, let days):
            "expires \(days == 0 ? "within a day" : days == 1 ? "in 1 day" : "in \(days) days"), on \(UTCTime(end))"
        case .beginsSoon(let begin): "is valid from \(UTCTime(begin)) on, and this machine's clock is not there yet"
        }
    }
}
