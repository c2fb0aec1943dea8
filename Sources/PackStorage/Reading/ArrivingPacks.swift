// SPDX-License-Identifier: Apache-2.0

/// Numbers of packs as they become available, each once; whoever reads a medium tells whoever unpacks.
package struct ArrivingPacks: Sendable {
    let numbers: AsyncThrowingStream<Int, any Error>
    private let arrival: AsyncThrowingStream<Int, any Error>.Continuation

    package init() { (numbers, arrival) = AsyncThrowingStream.makeStream() }

    /// Numbers that are all there.
    init(all numbers: some Sequence<Int>) {
        self.init()
        for number in numbers { arrived(number) }
        end()
    }

    package func arrived(_ number: Int) { arrival.yield(number) }

    /// - Parameter error: why no more come: whoever waits for one ends with it, at once.
    package func end(_ error: (any Error)? = nil) { arrival.finish(throwing: error) }

    /// Packs arrive while `reading` runs, and none behind it.
    package func bring(_ reading: () throws -> Void) throws {
        do { try reading() } catch {
            // Whichever of the two ends first, this is what went wrong.
            end(error)
            throw error
        }
        end()
    }
}
