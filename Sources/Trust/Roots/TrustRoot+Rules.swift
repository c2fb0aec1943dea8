// SPDX-License-Identifier: Apache-2.0
import BundleFormat

extension TrustRoot {
    /// What a root must say beyond its shape (trust §4.4); checked when it is written and when it is read.
    func check() throws(TrustError) {
        do throws(TrustRootFault.Thrown) {
            guard format == TrustRoot.currentFormat else { throw .init(.unsupportedFormat(format)) }
            guard (1...999_999_999).contains(number) else { throw .init(.badNumber(number)) }
            try checkKeys()
            try checkRoles()
            for (name, version) in minimumVersions.sorted(by: { $0.key < $1.key }) {
                guard ReleaseName(name) != nil, Version(version)?.description == version else {
                    throw .init(.badMinimumVersion(name))
                }
            }
            if let bestBefore, !TrustRoot.isMoment(bestBefore) { throw .init(.badDate(bestBefore)) }
        } catch {
            throw .badTrustRoot(error.fault)
        }
    }

    private func checkKeys() throws(TrustRootFault.Thrown) {
        for (name, key) in keys.sorted(by: { $0.key < $1.key }) {
            guard let decoded = try? MinisignPublicKey(base64: key.key) else { throw .init(.badKey(name)) }
            guard decoded.fingerprint.hex == name else { throw .init(.foreignFingerprint(name)) }
            guard Grammar.isLine(key.name ?? ""), (key.name ?? "").utf8.count <= 128 else {
                throw .init(.badKeyName(name))
            }
        }
        for text in revoked where KeyFingerprint(hex: text) == nil { throw .init(.badFingerprint(text)) }
        guard TrustRoot.isSorted(revoked) else { throw .init(.notSorted("revoked")) }
    }

    private func checkRoles() throws(TrustRootFault.Thrown) {
        var uses: [String: Int] = [:]
        for (name, rule) in roles.sorted(by: { $0.key < $1.key }) {
            guard let role = Role(rawValue: name) else { throw .init(.unknownRole(name)) }
            guard TrustRoot.isSorted(rule.keys) else { throw .init(.notSorted(name)) }
            for text in rule.keys {
                guard let fingerprint = KeyFingerprint(hex: text) else { throw .init(.badFingerprint(text)) }
                guard keys[text] != nil else { throw .init(.unknownKey(fingerprint)) }
                uses[text, default: 0] += 1
            }
            // A threshold that can never be met would lock the host for ever.
            let live = rule.keys.filter { !revoked.contains($0) }.count
            guard rule.threshold >= 1, rule.threshold <= live else {
                throw .init(.badThreshold(role, threshold: rule.threshold, keys: live))
            }
        }
        for role in [Role.root, .release] where roles[role.rawValue] == nil { throw .init(.missingRole(role)) }
        for text in keys.keys.sorted() {
            guard let fingerprint = KeyFingerprint(hex: text) else { throw .init(.badFingerprint(text)) }
            guard let count = uses[text] else { throw .init(.keyWithoutRole(fingerprint)) }
            // trust §4.3: a single key has both roles; from two keys on, each has one.
            guard count == 1 || keys.count == 1 else { throw .init(.keyInTwoRoles(fingerprint)) }
        }
    }

    /// A day that its month lacks is no date that anybody meant.
    private static func isMoment(_ text: String) -> Bool {
        guard let seconds = UTCSeconds.read(text) else { return false }
        return seconds < 0 || UTCSeconds.text(seconds) == text
    }

    private static func isSorted(_ texts: [String]) -> Bool {
        zip(texts, texts.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension TrustRootFault {
    struct Thrown: Error {
        let fault: TrustRootFault

        init(_ fault: TrustRootFault) { self.fault = fault }
    }
}
