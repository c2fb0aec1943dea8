// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem

extension SystemCallError: Explained {
    var explanation: Explanation {
        let reason = String(cString: strerror(code)).lowercased()
        let hint: String? =
            switch code {
            case ENOENT: "check the path"
            case EACCES, EPERM: "run it as a user that may, or through sudo"
            case ENOSPC, EDQUOT: "free space on that file system and run it again"
            case EROFS: "the file system is mounted read-only"
            case EIO: "the medium or disk failed to read or write: try another one, and look at the kernel log"
            case EISDIR: "that is a directory; name the file itself"
            default: nil
            }
        return Explanation("\(path): \(reason) (\(call))", hint: hint)
    }
}

extension IrregularFileError: Explained {
    var explanation: Explanation {
        Explanation(
            "\(path) is no regular file", hint: "name the file itself; pipes, devices and directories are not read")
    }
}

extension CommandError: Explained {
    var explanation: Explanation {
        switch self {
        case .notFound(let program):
            Explanation("\(program): not found on this machine", hint: "install it, then run this again")
        case .notStarted(let program, let code):
            Explanation("\(program): could not be started: \(String(cString: strerror(code)).lowercased())")
        case .timedOut(let program, let seconds): Explanation("\(program): no answer within \(seconds) s")
        }
    }
}
