// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Lines that are out when the call returns, whatever standard output is.
enum LineOutput {
    static func write(_ line: String, to descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
