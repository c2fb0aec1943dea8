// SPDX-License-Identifier: Apache-2.0

/// Keeps what it is given: for contents that are small by a limit of their own.
package final class CollectingSink: ByteSink {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package func write(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}
