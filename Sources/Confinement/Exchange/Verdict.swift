// SPDX-License-Identifier: Apache-2.0
import Compression

/// How a child's work ended: 24 bytes behind its last bytes.
enum Verdict: Equatable {
    static let size = 24

    case done
    /// What came out is no text, but what is wrong with the template.
    case problems
    case fault(CompressionError)

    /// Whether the child took its whole input, and can be asked again.
    var keepsStep: Bool {
        if case .fault = self { false } else { true }
    }

    private static let forms: [CompressedForm] = [.xz, .zstd, .raw, .delta]

    init?(_ bytes: [UInt8]) {
        guard bytes.count == Verdict.size else { return nil }
        let kind = WireNumbers.number(bytes, as: Int32.self)
        let formNumber = Int(WireNumbers.number(bytes[4...], as: Int32.self))
        let first = WireNumbers.number(bytes[8...], as: Int64.self)
        let second = WireNumbers.number(bytes[16...], as: Int64.self)
        guard Verdict.forms.indices.contains(formNumber) else { return nil }
        let form = Verdict.forms[formNumber]
        switch kind {
        case 0: self = .done
        case 1: self = .problems
        case 2: self = .fault(.library(form, code: Int(first)))
        case 3: self = .fault(.truncated(form))
        case 4: self = .fault(.trailingBytes(form))
        case 5: self = .fault(.tooLong(declared: first))
        case 6: self = .fault(.tooShort(declared: first, found: second))
        case 7: self = .fault(.memoryLimit(form, limit: Int(first)))
        case 8: self = .fault(.unchecked)
        case 9: self = .fault(.badSettings)
        case 10: self = .fault(.badDelta(rule: Int(first)))
        default: return nil
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .done: Verdict.packed(0)
        case .problems: Verdict.packed(1)
        case .fault(let fault):
            switch fault {
            case .library(let form, let code): Verdict.packed(2, form, Int64(code))
            case .truncated(let form): Verdict.packed(3, form)
            case .trailingBytes(let form): Verdict.packed(4, form)
            case .tooLong(let declared): Verdict.packed(5, .raw, declared)
            case .tooShort(let declared, let found): Verdict.packed(6, .raw, declared, found)
            case .memoryLimit(let form, let limit): Verdict.packed(7, form, Int64(limit))
            case .unchecked: Verdict.packed(8)
            case .badSettings: Verdict.packed(9)
            case .badDelta(let rule): Verdict.packed(10, .raw, Int64(rule))
            }
        }
    }

    private static func packed(
        _ kind: Int32, _ form: CompressedForm = .raw, _ first: Int64 = 0, _ second: Int64 = 0
    ) -> [UInt8] {
        WireNumbers.bytes(kind) + WireNumbers.bytes(Int32(forms.firstIndex(of: form) ?? 0))
            + WireNumbers.bytes(first) + WireNumbers.bytes(second)
    }
}
