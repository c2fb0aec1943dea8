// SPDX-License-Identifier: Apache-2.0
import CLinux

package enum OwnMemory {
    /// No core dump of this process from now on, on disk or through a pipe of kernel.core_pattern (which RLIMIT_CORE would
    /// not stop), and no debugger of the same user (ptrace(2)). Guarded memory is left out of dumps anyway; this is for
    /// what was a plain array for a moment.
    package static func forbidCoreDumps() { _ = bundle_forbid_core_dumps() }
}
