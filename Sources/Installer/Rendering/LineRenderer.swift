// SPDX-License-Identifier: Apache-2.0
import Configuration

/// Renders many texts and keeps what is wrong with any of them.
struct LineRenderer {
    private(set) var problems: [TemplateProblem] = []

    mutating func render(_ text: String, _ place: String, _ context: Value) -> String {
        do {
            return try TemplateRenderer.renderLine(text, place: place, context: context)
        } catch .template(let found) {
            problems += found
        } catch {}
        return ""
    }

    mutating func render(
        file name: String, _ bytes: [UInt8], _ context: Value, _ secrets: SecretAccess = .refused
    ) throws -> [UInt8] {
        do {
            return try TemplateRenderer.render(bytes, file: name, context: context, secrets: secrets)
        } catch .template(let found) {
            problems += found
        }
        return []
    }
}
