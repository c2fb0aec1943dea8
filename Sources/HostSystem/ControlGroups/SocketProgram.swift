// SPDX-License-Identifier: Apache-2.0

/// A program for the kernel (bpf(2)) that looks at each socket call of a control group's processes, as instructions.
package struct SocketProgram: Equatable, Sendable {
    /// Where the kernel runs it; the values are those of `enum bpf_attach_type` in linux/bpf.h.
    package enum Hook: UInt32, Equatable, Sendable, CaseIterable {
        case bind4 = 8
        case bind6 = 9
        case connect4 = 10
        case connect6 = 11
        case setOption = 22
    }

    package let hook: Hook
    /// Eight bytes each, as the kernel takes them on a little-endian machine.
    package let instructions: [UInt64]
    /// Which of them take the descriptor of the number that the programs of one set share.
    package let shares: [Int]

    package init(hook: Hook, instructions: [UInt64], shares: [Int] = []) {
        self.hook = hook
        self.instructions = instructions
        self.shares = shares
    }
}
