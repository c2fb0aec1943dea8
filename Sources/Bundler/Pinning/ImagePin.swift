// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleSpecs
package import HostSystem
import Images
import YAMLDocuments

/// Which image one of a spec's is, as its file or its store says today.
package struct ImagePin: Equatable, Sendable {
    package let image: String
    package let digests: [Architecture: Digest]
    /// Of an image that is fetched: the reference with its digest.
    package let reference: ImageReference?
    /// Whether the spec says so already.
    package let isKept: Bool
}

/// Finds digests for `bundle pin`. One that the spec has stays: what was tested is what is shipped.
package struct PinSearch: Sendable {
    /// The digest that a store has for a reference without one.
    package typealias Resolving = @Sendable (ImageReference) async throws -> Digest

    private let spec: BundleSpec
    private let directory: HostPath
    private let isUpdate: Bool
    private let resolving: Resolving

    /// - Parameter isUpdate: takes what there is today, also where the spec says another.
    package init(_ spec: BundleSpec, directory: HostPath, isUpdate: Bool, resolving: @escaping Resolving) {
        self.spec = spec
        self.directory = directory
        self.isUpdate = isUpdate
        self.resolving = resolving
    }

    /// - Parameter names: nil for all.
    /// - Throws: `BundlerError.sources` with everything that is wrong; what `resolving` throws.
    package func pins(_ names: Set<String>?) async throws -> [ImagePin] {
        var pins: [ImagePin] = []
        var problems: [SourceProblem] = []
        for (name, image) in spec.images.sorted(by: { $0.key < $1.key }) where names?.contains(name) ?? true {
            switch image.origin {
            case .reference(let reference): pins.append(try await pin(name, reference))
            case .archive(let source, let tag):
                if let pin = pin(name, image, source, tag, &problems) { pins.append(pin) }
            }
        }
        guard problems.isEmpty else { throw BundlerError.sources(problems) }
        return pins
    }

    private func pin(_ name: String, _ reference: ImageReference) async throws -> ImagePin {
        var found = reference
        if reference.digest == nil || isUpdate {
            let digest = try await resolving(reference)
            found = reference.pinned(to: digest) ?? reference
        }
        let digests = found.digest.map { digest in spec.arch.map { ($0, digest) } } ?? []
        return ImagePin(
            image: name, digests: Dictionary(uniqueKeysWithValues: digests), reference: found,
            isKept: found == reference)
    }

    private func pin(
        _ name: String, _ image: ImageSource, _ source: SourcePath, _ tag: String?, _ problems: inout [SourceProblem]
    ) -> ImagePin? {
        var found: [Architecture: ImageIdentity] = [:]
        for arch in spec.arch {
            let path = SpecResolver(arch: arch, directory: directory).path(source)
            let fact = PinSearch.fault {
                guard let real = try? FileSystem.resolve(path), let status = try FileSystem.status(real) else {
                    return .missing
                }
                // A pipe would be waited for, for ever.
                guard status.kind == .file || status.kind == .directory else { return .specialFile }
                let pinned = isUpdate ? nil : image.digests[arch]
                found[arch] = try ImageInput.open(real, arch: arch, pinned: pinned, tag: tag).identity
                return nil
            }
            guard let fact else { continue }
            problems.append(SourceProblem(place: source.place.description, path: path.text, fact: fact))
            return nil
        }
        let isKept = spec.arch.allSatisfy { arch in
            image.digests[arch].map { found[arch]?.isPinned(by: $0) ?? false } ?? false
        }
        return ImagePin(
            image: name, digests: isKept ? image.digests : PinSearch.digests(found), reference: nil, isKept: isKept)
    }

    /// One for all where an index names them all.
    private static func digests(_ found: [Architecture: ImageIdentity]) -> [Architecture: Digest] {
        let indexes = Set(found.values.map(\.index))
        if found.count > 1, indexes.count == 1, let index = indexes.first ?? nil {
            return found.mapValues { _ in index }
        }
        return found.mapValues(\.pinned)
    }

    private static func fault(_ work: () throws -> SourceProblem.Fact?) -> SourceProblem.Fact? {
        do {
            return try work()
        } catch let error as ImageError {
            return .image(error)
        } catch let error as SystemCallError {
            return .unreadable(error)
        } catch {
            return .image(.damaged)
        }
    }
}
