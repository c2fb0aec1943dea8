// SPDX-License-Identifier: Apache-2.0
import Glibc

private let target: FuzzTarget = {
    let name = getenv("BUNDLE_FUZZ").map { String(cString: $0) } ?? ""
    guard let found = FuzzTargets.all[name] else {
        print("BUNDLE_FUZZ is one of:", FuzzTargets.all.keys.sorted().joined(separator: " "))
        exit(64)
    }
    return found
}()

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    try? target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
