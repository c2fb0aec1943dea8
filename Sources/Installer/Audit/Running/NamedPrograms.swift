// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// The programs of the host that a unit may run: those that its `ExecStart=` names, and those that a script which it names is
/// read by or calls.
struct NamedPrograms {
    let root: HostPath
    /// The unit's generated text.
    let unit: String

    /// - Parameter program: what the kernel has open, without links.
    func allow(_ program: String) -> Bool {
        words.contains { word in
            let path = root / word
            return reaches(path, program) || isCalled(program, by: path)
        }
    }

    /// Absolute words of the command line, as systemd.service(5) quotes them.
    private var words: [String] {
        unit.split(separator: "\n").filter { $0.hasPrefix("ExecStart=") }.flatMap { line in
            line.dropFirst("ExecStart=".count).split(separator: " ").map { word in
                String(word.drop { ":\"'".contains($0) }.prefix { !"\"'".contains($0) })
            }
        }.filter { $0.hasPrefix("/") }
    }

    private func reaches(_ path: HostPath, _ program: String) -> Bool {
        path.text == program || (try? FileSystem.resolve(path).text) == program
    }

    /// A script is read by the interpreter of its first line; of what it calls in its own place, the name stands in it:
    /// `exec java`, `#!/usr/bin/env python3`.
    private func isCalled(_ program: String, by script: HostPath) -> Bool {
        guard let bytes = try? FileSystem.readAll(script, limit: 1 << 20), bytes.starts(with: Array("#!".utf8)) else {
            return false
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let interpreter = text.dropFirst(2).prefix { $0 != "\n" }.split(separator: " ").first ?? ""
        if interpreter.hasPrefix("/"), reaches(root / interpreter, program) { return true }
        // `python3` is /usr/bin/python3.11, `awk` is mawk: the name in the script, or where it leads.
        let names = Set(text.split { !($0.isLetter || $0.isNumber || "._-+".contains($0)) }.map(String.init))
        return names.contains(HostPath(program).name)
            || names.contains { name in
                ["usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"].contains {
                    reaches(root / $0 / name, program)
                }
            }
    }
}
