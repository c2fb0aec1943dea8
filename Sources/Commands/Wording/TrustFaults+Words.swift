// SPDX-License-Identifier: Apache-2.0
import Trust

extension TrustError {
    static func words(_ fault: MinisignFault) -> String {
        switch fault {
        case .tooLong(let bytes): "it has \(bytes) bytes"
        case .lineCount(let expected, let found): "it has \(found) lines instead of \(expected)"
        case .comment(let line): "line \(line) is no comment line of its kind"
        case .base64(let line): "line \(line) is not the base64 that belongs there"
        case .algorithm: "it is of an algorithm that this program does not know"
        case .notCanonical: "it is not in the one spelling that a bundle demands"
        }
    }

    static func words(_ fault: TrustRootFault) -> String {
        switch fault {
        case .document(let error): error.explanation.message
        case .unsupportedFormat(let format): "its format is \(format)"
        case .badNumber(let number): "\(number) is no number of a root"
        case .badKey(let name): "keys.\(name) is no public key"
        case .foreignFingerprint(let name): "keys.\(name) is another key's fingerprint"
        case .badFingerprint(let text): "\(text) is no fingerprint"
        case .badKeyName(let name): "keys.\(name).name is not one short line"
        case .badMinimumVersion(let name): "minimumVersions.\(name) is no version of a product"
        case .badDate(let text): "\(text) is no time like 2027-01-31T00:00:00Z"
        case .unknownRole(let name): "there is no role \(name)"
        case .missingRole(let role): "the role \(role.rawValue) is missing"
        case .unknownKey(let key): "a role names \(key), which is not among the keys"
        case .keyWithoutRole(let key): "key \(key) has no role"
        case .keyInTwoRoles(let key): "key \(key) has two roles"
        case .notSorted(let place): "\(place) is not sorted, or names a key twice"
        case .badThreshold(let role, let threshold, let keys):
            "\(threshold) of \(keys) keys cannot be the threshold of \(role.rawValue)"
        }
    }
}
