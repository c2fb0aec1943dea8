// SPDX-License-Identifier: Apache-2.0

import BundleFormat

extension AuditReport {
    /// One page that an auditor can print and file: no script, nothing from elsewhere, every text escaped.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(escaped("Audit of \(product) on \(hostname), \(time)"))</title>
        <style>
        body { font: 10.5pt/1.45 sans-serif; color: #111; max-width: 62em; margin: 2em auto; padding: 0 1em }
        h1 { font-size: 1.5em; margin: 0 } h2 { font-size: 1.1em; margin: 2em 0 .5em }
        table { border-collapse: collapse; width: 100% }
        th, td { border: 1px solid #999; padding: .3em .5em; text-align: left; vertical-align: top }
        th { background: #eee } code, pre, .hex { font-family: monospace; font-size: .92em; overflow-wrap: anywhere }
        pre { background: #f4f4f4; padding: .6em; white-space: pre-wrap }
        .verdict { border: 2px solid; padding: .5em .8em; margin: 1em 0; font-weight: bold }
        .clean { border-color: #176617 } .drift { border-color: #a65e00 } .damage { border-color: #a11212 }
        @media print { body { margin: 0; max-width: none } tr { break-inside: avoid } h2 { break-after: avoid } }
        </style>
        </head>
        <body>
        <h1>Audit of \(escaped(product.text)) on \(escaped(hostname))</h1>
        <p class="verdict \(verdict.rawValue)">\(escaped(conclusion))</p>
        <table>
        \(facts.map(row).joined(separator: "\n"))
        </table>
        <h2>Findings</h2>
        \(findingsTable)
        \(repairPart)
        <h2>How to check this without bundle</h2>
        \(instructions)
        </body>
        </html>

        """
    }

    private var facts: [(String, String)] {
        var facts = [("Time", time), ("Host", hostname), ("Boot", bootID)]
        if let release {
            facts += [
                ("Release", "\(product) \(release.version)"), ("Release digest", release.digest.hex),
                ("Directory", "/opt/\(product)/releases/\(release.directory)"), ("Slot", release.slot),
            ]
        } else {
            facts.append(("Release", "nothing serves"))
        }
        facts += signers.map { ("Signed by", "\($0.fingerprint) (key \($0.keyID)): \($0.comment)") }
        facts.append(
            (
                "Trust root",
                root.map { "number \($0)" + (rootFingerprint.map { ", \($0)" } ?? "") } ?? "none was adopted"
            ))
        if let log { facts.append(("Audit log", "\(log.entries) entries, head \(log.head)")) }
        if let receipts { facts.append(("Receipts", "\(receipts.entries), head \(receipts.head)")) }
        facts.append(
            ("Compared", tally.members.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
        )
        facts.append(("Tool", "bundle \(tool)" + (toolDigest.map { ", SHA-256 \($0)" } ?? "")))
        return facts
    }

    private func row(_ fact: (String, String)) -> String {
        "<tr><th scope=\"row\">\(escaped(fact.0))</th><td class=\"hex\">\(escaped(fact.1))</td></tr>"
    }

    private var findingsTable: String {
        guard !findings.isEmpty else { return "<p>None: everything that was compared is as it was signed.</p>" }
        let rows = sorted.map { finding in
            let cells = [
                finding.weight.rawValue, finding.title, finding.place, finding.expected ?? "", finding.found ?? "",
                finding.advice(product.text) ?? "",
            ]
            return "<tr>" + cells.map { "<td class=\"hex\">\(escaped($0))</td>" }.joined() + "</tr>"
        }
        return """
            <table>
            <tr><th>Weight</th><th>What</th><th>Where</th><th>Expected</th><th>Found</th><th>What to do</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    private var repairPart: String {
        guard let repair else { return "" }
        let lines =
            repair.mended.map { "mended: \($0.title): \($0.place)" }
            + repair.failures.map { "not mended: \($0.place): \($0.reason)" }
            + repair.restarts.map { "runs by what it read before: systemctl restart \($0)" }
        let items = lines.map { "<li class=\"hex\">\(escaped($0))</li>" }.joined(separator: "\n")
        return "<h2>Repaired before these findings</h2>\n"
            + (lines.isEmpty ? "<p>Nothing was mended.</p>" : "<ul>\n\(items)\n</ul>")
    }

    private var instructions: String {
        let directory = release?.directory ?? "VERSION-DIGEST12"
        let commands = """
            # on the host as root, with a public key that you got some other way (KEY.pub), and the script verify-tree.sh:
            # it is docs/verify-tree.sh in the sources of bundle \(tool), 60 lines to read first; neither is on the host
            sh verify-tree.sh KEY.pub /var/lib/bundle/\(product)/evidence/\(directory) /opt/\(product)/releases/\(directory)
            # the head of the audit log: the last line's first word, chained as docs/host-state.md section 3.1 of the same sources says
            tail -n 1 /var/lib/bundle/audit.log | cut -c 1-64
            """
        return """
            <p>This page is a statement of the program on that host. Nobody has to believe it: the signed list of the release,
            its signatures and every digest are on the host, and a POSIX shell with sha256sum and openssl proves them.</p>
            <pre>\(commands.split(separator: "\n").map { escaped(String($0)) }.joined(separator: "\n"))</pre>
            """
    }

    private func escaped(_ text: String) -> String {
        ReportText.line(text).unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: String(scalar)
            }
        }.joined()
    }
}
