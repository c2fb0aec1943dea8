// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// A directory that is gone when the test is over.
final class Scratch: Sendable {
    let path: HostPath

    init() throws { path = try FileSystem.createTemporaryDirectory() }

    deinit { _ = try? FileSystem.removeTree(path) }
}
