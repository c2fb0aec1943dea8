// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem

/// A path that a person named, before anything is looked for in it: one wording, whatever would have been asked of it first.
enum NamedPath {
    /// What is there, behind symbolic links.
    /// - Throws: `PathNotThere`; `SystemCallError` for what may not be looked at.
    static func kind(_ path: HostPath) throws -> FileStatus.Kind {
        do {
            guard let status = try FileSystem.status(FileSystem.resolve(path)) else { throw PathNotThere(path: path) }
            return status.kind
        } catch let error as SystemCallError where error.code == ENOENT || error.code == ENOTDIR {
            throw PathNotThere(path: path)
        }
    }
}

struct PathNotThere: Error, Equatable {
    let path: HostPath
}

extension PathNotThere: Explained {
    var explanation: Explanation { Explanation("no such file or directory: \(path)", hint: "check the path") }
}
