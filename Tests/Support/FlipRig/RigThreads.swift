// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Runs `count` blocking bodies side by side. `concurrentPerform` would run no more of them than there are processors.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
        DispatchQueue(label: "rig \(index)").async(group: group) { body(index) }
    }
    group.wait()
}
