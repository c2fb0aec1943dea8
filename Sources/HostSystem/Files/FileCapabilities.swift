// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// capabilities(7): what a file gives to whoever runs it, beside its mode: the attribute `security.capability`.
package enum FileCapabilities {
    package static func areSet(on file: HostFile) -> Bool { bundle_file_capabilities(file.descriptor) > 0 }

    /// None is fine, and so is a file system that has none.
    package static func remove(from file: HostFile) throws(SystemCallError) {
        guard bundle_remove_file_capabilities(file.descriptor) != 0, errno != ENODATA, errno != EOPNOTSUPP else {
            return
        }
        throw FileSystem.failure("fremovexattr", file.path)
    }
}
