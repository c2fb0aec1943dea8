// SPDX-License-Identifier: Apache-2.0

/// A system call that failed: which, on what, and the kernel's reason.
package struct SystemCallError: Error, Equatable, Sendable {
    package let call: String
    package let path: String
    /// errno(3).
    package let code: Int32

    package init(call: String, path: String, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }
}
