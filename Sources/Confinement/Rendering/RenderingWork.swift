// SPDX-License-Identifier: Apache-2.0
import Configuration

/// One template and what it is rendered with, on its way to a child.
struct RenderingWork {
    var template: [UInt8]
    var context: Value
    var secrets: SecretAccess

    /// What a child may send back: a rendered file, or what is wrong with it.
    static let answerBytes = Int64(2 * TemplateRenderer.maximumOutputBytes)

    init(template: [UInt8], context: Value, secrets: SecretAccess) {
        self.template = template
        self.context = context
        self.secrets = secrets
    }

    init?(_ bytes: [UInt8]) {
        var reader = WireReader(bytes)
        guard let template = reader.bytes(), let context = reader.value(), let access = reader.number(UInt8.self) else {
            return nil
        }
        self.template = template
        self.context = context
        switch access {
        case 0: secrets = .refused
        case 1: secrets = .placeholders
        default:
            var contents: [String: [UInt8]] = [:]
            while !reader.isAtEnd {
                guard let id = reader.text(), let content = reader.bytes() else { return nil }
                contents[id] = content
            }
            secrets = .contents(contents)
        }
        guard reader.isAtEnd else { return nil }
    }

    var bytes: [UInt8] {
        var writer = WireWriter()
        writer.put(template)
        writer.put(context)
        switch secrets {
        case .refused: writer.put(UInt8(0))
        case .placeholders: writer.put(UInt8(1))
        case .contents(let contents):
            writer.put(UInt8(2))
            for (id, content) in contents.sorted(by: { $0.key < $1.key }) {
                writer.put(id)
                writer.put(content)
            }
        }
        return writer.bytes
    }
}
