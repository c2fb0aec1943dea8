// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
package import Configuration
import Synchronization

/// Renders templates; what `TemplateRenderer` promises holds wherever it happens.
package protocol TemplateEngine: Sendable {
    /// - Throws: `ConfigurationError.template`, `DecoderFault`.
    func render(_ template: [UInt8], file: String, context: Value, secrets: SecretAccess) throws -> [UInt8]
    /// Nothing more is to be rendered for now.
    func rest()
}

/// In this process: tests, and previews of one's own templates.
package struct OwnRenderer: TemplateEngine {
    package init() {}

    package func render(_ template: [UInt8], file: String, context: Value, secrets: SecretAccess) throws -> [UInt8] {
        try TemplateRenderer.render(template, file: file, context: context, secrets: secrets)
    }

    package func rest() {}
}

/// The renderer of this process, as `ProcessDecoder`.
package enum ProcessRenderer {
    private static let chosen = Mutex<any TemplateEngine>(OwnRenderer())

    package static var current: any TemplateEngine { chosen.withLock { $0 } }
    package static func use(_ renderer: any TemplateEngine) { chosen.withLock { $0 = renderer } }
}

/// Renders in a confined child, which decodes nothing: what a pack could break cannot change what a template says. A template
/// that gets secrets has a child of its own, which knows those that the template names and ends with it.
package final class ConfinedRenderer: TemplateEngine {
    private let children: IdleChildren

    package init(start: @escaping @Sendable () throws -> ConfinedChild = { try ConfinedChild() }) {
        children = IdleChildren(start: start)
    }

    package func render(_ template: [UInt8], file: String, context: Value, secrets: SecretAccess) throws -> [UInt8] {
        // Without a tag there is nothing to evaluate, and most arguments have none.
        guard template.contains(UInt8(ascii: "{")) else {
            return try TemplateRenderer.render(template, file: file, context: context, secrets: secrets)
        }
        let named = secrets.named(in: template)
        let work = RenderingWork(template: template, context: context, secrets: named)
        let isGivenSecrets = if case .contents = named { true } else { false }
        let child = isGivenSecrets ? try children.takeNew() : try children.take()
        let input = work.bytes
        let assignment = Assignment(
            .render, inputBytes: Int64(input.count), outputBytes: RenderingWork.answerBytes)
        let output = CollectedBytes()
        let verdict = try child.perform(assignment, from: HeldBytes(input), to: output)
        if isGivenSecrets { child.end() } else { children.giveBack(child) }
        switch verdict {
        case .done: return output.bytes
        case .problems:
            var reader = WireReader(output.bytes)
            guard let problems = reader.problems(of: file) else { throw DecoderFault.disobeyed }
            throw ConfigurationError.template(problems)
        case .fault: throw DecoderFault.disobeyed
        }
    }

    package func rest() { children.endAll() }
}

extension SecretAccess {
    /// Only those contents whose ID stands in the template: `secret("ID")` takes an ID in quotes and nothing else.
    fileprivate func named(in template: [UInt8]) -> SecretAccess {
        guard case .contents(let contents) = self, !template.contains(UInt8(ascii: "\\")) else { return self }
        let text = String(decoding: template, as: UTF8.self)
        return .contents(contents.filter { text.contains($0.key) })
    }
}

final class CollectedBytes: ByteSink {
    private(set) var bytes: [UInt8] = []
    func write(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}
