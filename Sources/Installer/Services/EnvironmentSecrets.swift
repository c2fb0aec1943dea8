// SPDX-License-Identifier: Apache-2.0

/// Starts a program with secrets in its environment, without the secret being in a unit file, an argument or a file of
/// ours: a fixed shell script reads the credential that systemd has put before the unit and becomes the program.
/// Nothing of the release stands in the script but the variables' names, which are checked; the program and its
/// arguments pass through as `"$@"` (decision 0020).
struct EnvironmentSecrets {
    let ids: [String]

    init(ids: [String], unit: String) throws(UnitError) {
        for id in ids where !EnvironmentSecrets.isVariable(id) { throw .badSecretName(unit: unit, id: id) }
        self.ids = ids
    }

    /// `set -e` ends the start when a credential cannot be read; `$(…)` drops the line feed at the end of the file.
    var script: String {
        let reads = ids.map { "\($0)=\"$(cat \"$CREDENTIALS_DIRECTORY/\($0)\")\"; export \($0); " }
        return "set -e; " + reads.joined()
    }

    func wrapping(_ argv: [String]) -> [String] {
        ids.isEmpty ? argv : ["/bin/sh", "-c", script + "exec \"$@\"", "sh"] + argv
    }

    static func isVariable(_ name: String) -> Bool {
        let head = { (scalar: Unicode.Scalar) in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
        }
        guard let first = name.unicodeScalars.first, head(first) else { return false }
        // The loader and the shell obey these before any program of the release runs.
        guard !name.hasPrefix("LD_"), !["PATH", "IFS", "ENV", "CREDENTIALS_DIRECTORY"].contains(name) else {
            return false
        }
        return name.unicodeScalars.allSatisfy { head($0) || ("0"..."9").contains($0) }
    }
}
