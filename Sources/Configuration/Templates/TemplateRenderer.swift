// SPDX-License-Identifier: Apache-2.0

/// Renders templates: Stencil's language (Jinja's syntax), always strict; decision 0011 says why the engine is ours.
///
/// Rendering is pure: it reads the template and the context, never a file, a clock or an environment. There is no
/// `include`, so a template is one file.
package enum TemplateRenderer {
    package static let maximumTemplateBytes = 1 << 20
    package static let maximumOutputBytes = 16 << 20
    package static let maximumSteps = 1_000_000
    package static let maximumDepth = 40

    /// - Parameters:
    ///   - template: the file's bytes; what is outside of tags is copied as it is.
    ///   - file: what problems call the template.
    ///   - context: a map; see `TemplateContext`.
    ///   - secrets: what `secret("ID")` stands for.
    /// - Throws: `ConfigurationError.template` with every problem at once.
    package static func render(
        _ template: [UInt8], file: String, context: Value, secrets: SecretAccess = .refused
    ) throws(ConfigurationError) -> [UInt8] {
        let nodes = try parse(template, file: file)
        var evaluator = TemplateEvaluator(file: file, context: context, secrets: secrets)
        evaluator.render(nodes)
        guard evaluator.problems.isEmpty else { throw .template(evaluator.problems) }
        return evaluator.output
    }

    /// Renders one argument of `run` or `check`, or one value of `env`.
    /// - Parameter place: what problems call it, like `services.gateway.run[2]`.
    /// - Throws: as `render`, and when the result holds a control character but the tab: a site's value could otherwise
    ///   end the line of a unit and begin another directive.
    package static func renderLine(
        _ text: String, place: String, context: Value
    ) throws(ConfigurationError) -> String {
        try line(of: try render(Array(text.utf8), file: place, context: context), place: place)
    }

    /// What was rendered, as the one line that it must be; see `renderLine`.
    package static func line(of bytes: [UInt8], place: String) throws(ConfigurationError) -> String {
        if let control = bytes.first(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7f }) {
            throw .template([TemplateProblem(file: place, line: 1, column: 1, fault: .controlCharacter(control))])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Checks a template against names alone, every branch of it, before there is any site: `create` and `lint`.
    package static func problems(in template: [UInt8], file: String, names: KnownNames) -> [TemplateProblem] {
        do {
            var checker = TemplateChecker(file: file, names: names)
            checker.check(try parse(template, file: file))
            return checker.problems
        } catch {
            guard case .template(let problems) = error else { return [] }
            return problems
        }
    }

    private static func parse(_ template: [UInt8], file: String) throws(ConfigurationError) -> [TemplateNode] {
        do {
            var parser = TemplateParser(try TemplateLexer.pieces(of: template))
            return try parser.parse()
        } catch {
            let (line, column) = TemplateLexer.place(of: error.offset, in: template)
            throw .template([TemplateProblem(file: file, line: line, column: column, fault: error.fault)])
        }
    }
}
