// SPDX-License-Identifier: Apache-2.0
import Compression

extension CompressionError: Explained {
    var explanation: Explanation { Explanation(words, status: .damaged) }

    /// Without a subject: the pack that it is about stands before it.
    var words: String {
        switch self {
        case .library(let form, let code): "\(form.rawValue) refused it with code \(code)"
        case .truncated(let form): "the \(form.rawValue) stream ends early"
        case .trailingBytes(let form): "bytes follow the \(form.rawValue) stream"
        case .tooLong(let declared): "it unpacks to more than the \(declared) bytes that were declared"
        case .tooShort(let declared, let found): "it has \(found) bytes where \(declared) were declared"
        case .memoryLimit(let form, let limit):
            "unpacking its \(form.rawValue) stream takes more than \(limit >> 20) MiB of memory"
        case .unchecked: "its xz stream has no checksum that is known"
        case .badDelta(let rule): "it breaks rule \(rule) of what refers to an older content (format, section 17.6)"
        case .badSettings: "no stream can be made with these settings"
        }
    }
}
