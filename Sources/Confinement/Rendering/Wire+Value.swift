// SPDX-License-Identifier: Apache-2.0
import Configuration

extension WireWriter {
    mutating func put(_ value: Value) {
        switch value {
        case .null: put(UInt8(0))
        case .bool(let bool):
            put(UInt8(1))
            put(UInt8(bool ? 1 : 0))
        case .integer(let integer):
            put(UInt8(2))
            put(Int64(integer))
        case .number(let number):
            put(UInt8(3))
            put(number.bitPattern)
        case .text(let text):
            put(UInt8(4))
            put(text)
        case .list(let list):
            put(UInt8(5))
            put(UInt32(clamping: list.count))
            for value in list { put(value) }
        case .map(let map):
            put(UInt8(6))
            put(UInt32(clamping: map.count))
            for (key, value) in map.entries {
                put(key)
                put(value)
            }
        }
    }
}

extension WireReader {
    mutating func value() -> Value? {
        switch number(UInt8.self) {
        case 0: return .null
        case 1: return number(UInt8.self).map { .bool($0 != 0) }
        case 2: return number(Int64.self).map { .integer(Int($0)) }
        case 3: return number(UInt64.self).map { .number(Double(bitPattern: $0)) }
        case 4: return text().map { .text($0) }
        case 5:
            guard let count = count() else { return nil }
            var list: [Value] = []
            for _ in 0..<count {
                guard let value = value() else { return nil }
                list.append(value)
            }
            return .list(list)
        case 6:
            guard let count = count() else { return nil }
            var map = ValueMap()
            for _ in 0..<count {
                guard let key = text(), let value = value() else { return nil }
                map[key] = value
            }
            return .map(map)
        default: return nil
        }
    }
}
