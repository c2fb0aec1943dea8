// SPDX-License-Identifier: Apache-2.0
import Configuration
import Confinement

/// Renders many texts and keeps what is wrong with any of them.
struct LineRenderer {
    private(set) var problems: [TemplateProblem] = []

    mutating func render(_ text: String, _ place: String, _ context: Value) throws -> String {
        do {
            let bytes = try ProcessRenderer.current.render(
                Array(text.utf8), file: place, context: context, secrets: .refused)
            return try TemplateRenderer.line(of: bytes, place: place)
        } catch ConfigurationError.template(let found) {
            problems += found
        }
        return ""
    }

    mutating func render(
        file name: String, _ bytes: [UInt8], _ context: Value, _ secrets: SecretAccess = .refused
    ) throws -> [UInt8] {
        do {
            return try ProcessRenderer.current.render(bytes, file: name, context: context, secrets: secrets)
        } catch ConfigurationError.template(let found) {
            problems += found
        }
        return []
    }
}
