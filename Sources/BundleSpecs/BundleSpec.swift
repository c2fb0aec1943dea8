// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import YAMLDocuments

/// `bundle.yaml`, checked: what a release is made of and how it runs. Everything in it is within its grammar, every
/// reference leads somewhere; only the files that it names were not looked at.
package struct BundleSpec: Equatable, Sendable {
    package static let currentGrammar = 1

    package var name: ReleaseName
    package var summary: String?
    package var arch: [Architecture]
    package var requires = Requirements()
    package var binaries: [BinarySource] = []
    package var files: [FileSource] = []
    package var images: [String: ImageSource] = [:]
    package var values = ValueSources()
    package var secrets: [String: SecretDeclaration] = [:]
    package var config: [String: ConfigSource] = [:]
    package var services: [String: Service] = [:]
    package var jobs: [String: Job] = [:]
    /// Name → what it is about.
    package var roles: [String: String] = [:]
    package var networks: [String: String] = [:]
    package var cutover = CutoverSettings()
    package var docs = DocumentSources()

    /// Every path that the spec names, in the order of the text; `docs.more` patterns are not among them.
    package var sources: [SourcePath] {
        var all = binaries.map(\.from) + files.map(\.from) + images.values.compactMap(\.archive)
        all += [values.defaults, values.schema, docs.upgrade, docs.changelog].compactMap(\.self)
        all += config.values.map(\.template)
        return all.sorted { $0.place < $1.place }
    }
}

/// A path in the author's repository, relative to the spec's directory, and where the spec names it. It may hold
/// `{{ arch }}`.
package struct SourcePath: Equatable, Sendable {
    /// As written.
    package let text: String
    package let place: Place

    package init(text: String, place: Place) {
        self.text = text
        self.place = place
    }

    /// The path for one architecture: every `{{ arch }}` is `amd64` or `arm64`.
    package func path(for arch: Architecture) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            result += rest[..<open.lowerBound] + arch.rawValue
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// The part behind the last slash; nil when that depends on the architecture or is empty.
    var lastName: String? {
        guard let name = text.split(separator: "/").last, !text.hasSuffix("}}"), ReleasePath.isSegment(name) else {
            return nil
        }
        return String(name)
    }
}

/// A program → `bin/AS`.
package struct BinarySource: Equatable, Sendable {
    package var from: SourcePath
    package var `as`: String

    package var destination: String { "bin/\(self.as)" }
}

/// A file or directory → `share/TO`.
package struct FileSource: Equatable, Sendable {
    package var from: SourcePath
    package var to: ReleasePath

    package var destination: String { "share/\(to)" }
}

/// A container image, and which one it must be.
package struct ImageSource: Equatable, Sendable {
    package enum Origin: Equatable, Sendable {
        /// A file or an OCI layout; the tag chooses among several images in it.
        case archive(SourcePath, tag: String?)
        /// Fetched when a bundle is made of it.
        case reference(ImageReference)
    }

    package var origin: Origin
    /// Of its manifest, or of an index that names it, where it carries one; else of its config. Whatever has none yet is not
    /// pinned, and nothing is made of it.
    package var digests: [Architecture: Digest]
    /// Of its name.
    package var place: Place

    /// The file that it is in.
    package var archive: SourcePath? {
        if case .archive(let path, _) = origin { path } else { nil }
    }
}

/// → `values/defaults.yaml`, `values/schema.json`.
package struct ValueSources: Equatable, Sendable {
    package var defaults: SourcePath?
    package var schema: SourcePath?
}

/// → `templates/NAME`.
package struct ConfigSource: Equatable, Sendable {
    package var template: SourcePath
    /// argv; templates. Empty for none.
    package var check: [String] = []
    /// May hold secrets.
    package var isSensitive = false

    /// As the manifest has it.
    package func template(named name: String) -> ConfigTemplate? {
        ReleasePath("templates/\(name)").map {
            ConfigTemplate(template: $0, check: check, sensitive: isSensitive ? true : nil)
        }
    }
}

/// → `docs/` and the file's own name.
package struct DocumentSources: Equatable, Sendable {
    package var upgrade: SourcePath?
    package var changelog: SourcePath?
    /// Patterns with `*` and `?` in the last part of a path; the collector expands them.
    package var more: [SourcePath] = []
}
