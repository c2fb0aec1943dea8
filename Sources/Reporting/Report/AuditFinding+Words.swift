// SPDX-License-Identifier: Apache-2.0

/// What a report says of a finding. Text out of files and names is made one line of safe characters here, once for all forms.
extension AuditFinding {
    /// `a file of the release was changed`
    package var title: String {
        switch difference {
        case .missing: "\(noun) is missing"
        case .changed: "\(noun) was changed"
        case .unexpected where found?.contains("directory,") == true: "a directory that nobody signed or recorded"
        case .unexpected: "\(noun) that nobody signed or recorded"
        case .mode: "\(noun) has other permissions"
        case .owner: "\(noun) has another owner"
        case .kind: "\(noun) is something else"
        case .stopped: "\(noun) does not run"
        case .untrusted: "\(noun) has signatures by keys that are revoked or replaced now"
        case .forged: "\(noun) has signatures that do not hold"
        case .unsigned: "\(noun) that an operator let in unsigned"
        case .broken: "\(noun) is not the one that was written"
        case .notLoaded: "\(noun) is not what systemd has read"
        case .open: "\(noun) has not ended"
        case .unanswered: "\(noun) could not be looked at"
        case .listed: "\(noun) of the site, as it was when the release was installed"
        }
    }

    private var noun: String {
        switch area {
        case .trust: "what this host believes"
        case .places: "a place that is root's alone"
        case .evidence: "evidence of a release"
        case .packs: "a pack of the store"
        case .state: difference == .open ? "an operation" : "the state record or its history"
        case .log: "the audit log"
        case .receipts: "a receipt"
        case .files: "a file of a release"
        case .links: "a link"
        case .account: "the service user"
        case .units: "a unit"
        case .dropIns: "a drop-in"
        case .config: "a config file"
        case .images: "an image"
        case .traffic: "a traffic rule"
        case .processes: "a program of the release"
        case .site: "a setting"
        }
    }

    /// `expected …, found …`
    package var contrast: String? {
        switch (expected, found) {
        case (let expected?, let found?): "expected \(expected), found \(found)"
        case (let expected?, nil): "expected \(expected)"
        case (nil, let found?): "found \(found)"
        case (nil, nil): nil
        }
    }

    /// What to do.
    package func advice(_ product: String) -> String? {
        if let remedy { return remedy }
        return isMendable ? "bundle audit \(product) --repair" : nil
    }
}

/// Text that came from outside, for one line of a report.
enum ReportText {
    static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }
}
