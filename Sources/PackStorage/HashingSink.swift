// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// Passes bytes on, to any number of sinks, and knows their digest and number.
package final class HashingSink: ByteSink {
    private let sinks: [any ByteSink]
    private var hasher = SHA256Hasher()
    package private(set) var count: Int64 = 0

    package init(_ sinks: [any ByteSink]) { self.sinks = sinks }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bytes)
        for sink in sinks { try sink.write(bytes) }
        count += Int64(bytes.count)
    }

    /// Of everything written so far.
    package var digest: Digest { hasher.finalize() }
}
