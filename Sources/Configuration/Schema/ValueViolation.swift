// SPDX-License-Identifier: Apache-2.0

/// One thing about a value that the schema refuses.
package struct ValueViolation: Equatable, Sendable {
    package indirect enum Fault: Equatable, Sendable {
        case wrongType(expected: [String], found: String)
        case notAmong([Value])
        case notEqual(Value)
        case missing(String)
        case unknownKey(String, nearest: String?)
        case badKey(String, [ValueViolation])
        case forbidden
        case duplicateItems(Int, Int)
        case size(Measure, Bound, Int, found: Int)
        case noMatch(pattern: String)
        case outOfRange(Limit, Double)
        case notMultiple(of: Double)
        /// `anyOf`: what each alternative would have refused.
        case noAlternative([[ValueViolation]])
        /// `oneOf`: the alternatives that hold, counted from 0; none or several.
        case notExactlyOne(of: Int, matching: [Int], [[ValueViolation]])
        /// `not`: the schema at this pointer holds and must not.
        case excluded(pointer: String)
        /// The schema asks for more work than any value is worth.
        case tooComplex
    }

    package var path: ValuePath
    package var fault: Fault

    package init(_ path: ValuePath, _ fault: Fault) {
        self.path = path
        self.fault = fault
    }
}
