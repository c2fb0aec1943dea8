// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Makes this process another program (execve(2)): its terminal, its streams and its process ID stay.
package enum ProgramReplacement {
    /// Never returns but to say why it could not.
    package static func replace(with program: HostPath, _ argv: [String]) -> SystemCallError {
        var pointers: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) }
        pointers.append(nil)
        execv(program.text, &pointers)
        let code = errno
        for pointer in pointers { free(pointer) }
        return SystemCallError(call: "execv", path: program.text, code: code)
    }
}
