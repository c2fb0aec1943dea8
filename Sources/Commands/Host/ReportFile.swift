// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem

/// The file that a report is asked to be in: a new name, or a regular file that it replaces. Anything else (`/dev/null`, a pipe,
/// a link to somewhere) would be replaced, too, as a file is renamed over it.
struct ReportFile {
    let path: HostPath

    /// - Throws: what ends with 64, before anything is done.
    func check(option: String) throws {
        if path.text.isEmpty { throw ValidationError("\(option): name a file") }
        switch try naming({ try FileSystem.status(path) })?.kind {
        case nil:
            // Of a name that nothing can be put at, the directory is at fault.
            guard try naming({ try FileSystem.exists(path.parent) }) else {
                throw ValidationError("\(option) \(path): there is no directory \(path.parent)")
            }
        case .file: return
        case .directory: throw ValidationError("\(option) \(path): that is a directory; name a file in it")
        case .symlink: throw ValidationError("\(option) \(path): that is a link; name the file itself")
        case .other: throw ValidationError("\(option) \(path): that is no file: it would be replaced by the page")
        }
    }

    func write(_ text: String) throws { try naming { try FileSystem.write(Array(text.utf8), to: path) } }

    /// What was asked for is named, not the temporary beside it.
    private func naming<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch let fault as SystemCallError {
            throw SystemCallError(call: fault.call, path: path.text, code: fault.code)
        }
    }
}
