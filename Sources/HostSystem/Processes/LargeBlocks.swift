// SPDX-License-Identifier: Apache-2.0
import CLinux

package enum LargeBlocks {
    /// Gives every freed block of a mebibyte or more back to the system at once (mallopt(3)). By itself glibc keeps ever larger ones
    /// for reuse, and codecs whose windows differ from pack to pack then need the sum of several.
    package static func returnWhenFreed() { _ = bundle_return_blocks_from(1 << 20) }
}
