// SPDX-License-Identifier: Apache-2.0

extension RandomAccessCollection {
    /// Where the second part begins of elements that are parted: `isBehind` is false of all of the first part and true of all
    /// others. Found by halving.
    ///
    /// - Returns: `endIndex` when it is false of all.
    @inlinable
    package func partitioningIndex(where isBehind: (Element) throws -> Bool) rethrows -> Index {
        var low = startIndex
        var left = count
        while left > 0 {
            let half = left / 2
            let middle = index(low, offsetBy: half)
            if try isBehind(self[middle]) {
                left = half
            } else {
                low = index(after: middle)
                left -= half + 1
            }
        }
        return low
    }
}
