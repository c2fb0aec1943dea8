// SPDX-License-Identifier: Apache-2.0
package import AgeEncryption
package import BundleFormat
import Cryptography
package import Events
package import HostSystem
package import PackStorage
import Trust

/// What was made.
package struct BuiltBundle: Equatable, Sendable {
    /// The bundle's file; of one in parts their list.
    package let path: HostPath
    /// Names of its parts, beside their list; empty for one file.
    package let parts: [String]
    package let identity: ReleaseIdentity
    package let releaseDigest: Digest
    /// Bytes of the bundle, of everything that it unpacks to, and the number of its packs.
    package let bytes: Int64
    package let unpackedBytes: Int64
    package let packs: Int
    /// Of the packs as they were written, those of earlier builds; nil without a cache. Faults of the cache stop nothing.
    package let cachedPacks: Int?
    package let cacheFaults: [PackCacheFault]
    /// Of the installed tree, and of them those with mode 0755.
    package let files: Int
    package let executables: Int
    package let images: Int
    /// Fingerprints of the keys that signed; empty for an unsigned bundle.
    package let signers: [String]
    /// Who can open it; empty when it is not encrypted.
    package let recipients: [AgeRecipient]
    package let source: SourceRevision?
    package let created: String?
    /// What its software bills say.
    package let software: FoundSoftware
    /// What it leaves to the host; empty for a full bundle.
    package let needs: [PackIndex.Need]
    package let bases: [PackIndex.Base]
    /// What of it is coded against what the host has.
    package let coded: PackIndex.Coded
}

/// Makes a bundle of a recipe: collect, pack, write, sign, and only then give it its name.
///
/// The same sources give the same bytes on any machine, with any number of jobs. Whatever goes wrong, and a cancelled
/// task too, nothing stands under the final name and the scratch directory beside it is removed; a kill leaves that
/// directory (`.bundle-tmp-…`) at most, until the next bundle is made there.
package struct ReleaseBuilder: Sendable {
    private let runner: any CommandRunner
    private let events: any EventSink
    private let fetching: ImageFetching?

    /// - Parameters:
    ///   - runner: asked for git only.
    ///   - fetching: brings the images that the recipe names by reference.
    package init(
        runner: any CommandRunner, events: any EventSink = SilentSink(), fetching: ImageFetching? = nil
    ) {
        self.runner = runner
        self.events = events
        self.fetching = fetching
    }

    /// - Throws: `BundlerError`, `PackError`, `FormatError`, `SystemCallError`, `CancellationError`.
    package func build(_ recipe: ReleaseRecipe, _ request: CreateRequest) async throws -> BuiltBundle {
        try checkOutput(request)
        for base in request.bases where base.name != recipe.identity.name || base.arch != recipe.identity.arch {
            throw BundlerError.foreignBase(
                path: base.path, name: base.name, arch: base.arch, release: recipe.identity)
        }
        guard recipe.unpinned.isEmpty else { throw BundlerError.sources(recipe.unpinned) }
        let provenance = try await Provenance.find(request, runner: runner)
        let recipe = try await fetched(recipe)
        let (symlinks, contents) = try step("collect", "collect the files of the release") { try collect(recipe) }
        let directory = try HeldScratch.create(in: request.output.parent)
        let scratch = directory.path
        do {
            try Task.checkCancellation()
            let draft = try await pack(recipe, request, symlinks, contents, provenance, scratch)
            // Signed first: a token that is not there is found before the bundle is written.
            let signatures = try await draft.signatures(request.keys)
            let built = try step("write", "write the bundle") {
                try write(
                    draft, request, signatures, unpacked: contents.packed.reduce(0) { $0 + $1.size }, scratch)
            }
            try directory.remove()
            return built
        } catch {
            try? directory.remove()
            throw error
        }
    }

    private func checkOutput(_ request: CreateRequest) throws {
        let parent = request.output.parent
        guard let real = try? FileSystem.resolve(parent), try FileSystem.status(real)?.kind == .directory else {
            throw BundlerError.noOutputDirectory(parent)
        }
        try BundleOutput.check(request.output, inParts: request.partSize != nil)
    }

    /// The recipe with every image at hand.
    private func fetched(_ recipe: ReleaseRecipe) async throws -> ReleaseRecipe {
        var recipe = recipe
        let isReference = { (image: ReleaseRecipe.ImageSource) in
            if case .reference = image.origin { true } else { false }
        }
        guard let fetching, recipe.images.contains(where: isReference) else { return recipe }
        events.receive(.stepStarted(id: "fetch", title: "fetch images", index: 0, total: 4))
        let progress = ProgressSum(id: "fetch", total: 0, events: events)
        for number in recipe.images.indices {
            let image = recipe.images[number]
            guard case .reference(let reference) = image.origin, let digest = image.digest else { continue }
            recipe.images[number].origin = try await fetching(reference, digest, recipe.identity.arch) {
                progress.add($0)
            }
        }
        events.receive(.stepFinished(id: "fetch", milliseconds: 0))
        return recipe
    }

    private func collect(_ recipe: ReleaseRecipe) throws -> ([Symlink], CollectedContents) {
        var tree = CollectedTree()
        for source in recipe.sources { tree.add(source) }
        tree.sort()
        var done: Int64 = 0
        let contents = try CollectedContents(tree, recipe) { bytes in
            done += bytes
            events.receive(.progress(id: "collect", done: done, total: 0))
        }
        let problems = recipe.problems + tree.problems + contents.problems
        guard problems.isEmpty else { throw BundlerError.sources(problems) }
        guard !contents.files.isEmpty || !contents.images.isEmpty else { throw BundlerError.empty }
        return (tree.symlinks, contents)
    }

    private func pack(
        _ recipe: ReleaseRecipe, _ request: CreateRequest, _ symlinks: [Symlink], _ contents: CollectedContents,
        _ provenance: Provenance, _ scratch: HostPath
    ) async throws -> BundleDraft {
        let files = try FileList(contents.files.map { FileList.Entry(path: $0.file.path, digest: $0.content.digest) })
        let tree = InstalledTree(
            sha256: .ofBytes(files.bytes), files: files, symlinks: symlinks,
            bytes: contents.files.reduce(0) { $0 + $1.content.size })
        var manifest = recipe.manifest(tree)
        manifest.executables = contents.executables
        manifest.symlinks = symlinks
        manifest.images = contents.images
        manifest.created = provenance.created
        manifest.source = provenance.revision
        // Before the long part of the work, all that can be known to be wrong.
        try ConfigurationCheck(
            manifest, sources: contents.sources(of: ConfigurationCheck.paths(in: manifest))
        ).run()
        let release = Digest.ofBytes(try ManifestDocument.encode(manifest))
        let bills = ReleaseBills(contents, manifest, release: release)
        let open: PackWriter.Opening = { content, offset in
            guard let source = try contents.open(content.digest, at: offset) else {
                throw PackError.unknownContent(content.digest, feeds: [content.path])
            }
            return source
        }
        let packs = try await packs(DeltaSplit(contents.packed, against: request.bases), request, scratch, open)
        let written = packs.written
        let index = try packs.index()
        let stored = Dictionary(written.map { ($0.digest, $0.file) }) { first, _ in first }
        return try BundleDraft(
            manifest: manifest, files: files, index: index,
            documents: contents.documents.map {
                BundleDraft.Part(
                    member: .document($0.file.path), file: $0.file.source, size: $0.content.size,
                    digest: $0.content.digest)
            },
            bills: try bills.write(to: scratch), software: bills.found,
            packs: index.packs.compactMap { pack in
                stored[pack.digest].map {
                    BundleDraft.Part(member: pack.member, file: $0, size: pack.storedBytes, digest: pack.digest)
                }
            }, cachedPacks: Set(written.filter(\.isFromCache).map(\.digest)).count, trust: request.trust)
    }

    /// What changed is coded against what the target has where all of it becomes smaller so. Alone each of them may, and take
    /// more than beside its like: two programs of one language share more than a program and its far predecessor.
    private func packs(
        _ split: DeltaSplit, _ request: CreateRequest, _ scratch: HostPath, _ open: @escaping PackWriter.Opening
    ) async throws -> ReleasePacks {
        let (rest, coded) = try await DeltaCoding(request: request, events: events, scratch: scratch, open: open)
            .run(split)
        let plain = try await compress(split, [], request, scratch / "plain", open)
        guard !coded.isEmpty else { return plain }
        let smaller = try await compress(rest, coded, request, scratch / "rest", open)
        return smaller.storedBytes < plain.storedBytes ? smaller : plain
    }

    private func compress(
        _ split: DeltaSplit, _ coded: [CodedContent], _ request: CreateRequest, _ directory: HostPath,
        _ open: @escaping PackWriter.Opening
    ) async throws -> ReleasePacks {
        let plan = PackPlan(split.carried, shape: request.packing.shape)
        let id = "pack"
        events.receive(
            .stepStarted(
                id: id, title: plan.packs.count == 1 ? "compress 1 pack" : "compress \(plan.packs.count) packs",
                index: 1, total: 3))
        try FileSystem.createDirectory(directory, permissions: 0o700)
        let writer = PackWriter(
            plan: plan, packing: request.packing, directory: directory, cache: request.cache, open: open)
        let total = plan.packs.reduce(0) { $0 + $1.unpackedBytes }
        let progress = ProgressSum(id: id, total: total, events: events)
        let written = try await writer.write(jobs: request.jobs) { progress.add($0) }
        events.receive(.stepFinished(id: id, milliseconds: 0))
        return ReleasePacks(split: split, plan: plan, planned: written, coded: coded)
    }

    private func write(
        _ draft: BundleDraft, _ request: CreateRequest, _ signatures: [NamedSignature], unpacked: Int64,
        _ scratch: HostPath
    ) throws -> BuiltBundle {
        let output = try BundleOutput(request.output, partBytes: request.partSize?.bytes, in: scratch)
        try write(draft, signatures, to: output, for: request.recipients)
        let placed = try output.place()
        return BuiltBundle(
            path: placed.path, parts: placed.parts, identity: ReleaseIdentity(draft.manifest),
            releaseDigest: draft.releaseDigest,
            bytes: placed.bytes, unpackedBytes: unpacked, packs: draft.packs.count,
            cachedPacks: request.cache == nil ? nil : draft.cachedPacks, cacheFaults: request.cache?.faults ?? [],
            files: draft.files.count,
            executables: draft.manifest.executables.count, images: draft.manifest.images.count,
            signers: signatures.map(\.name.hex), recipients: request.recipients,
            source: draft.manifest.source, created: draft.manifest.created, software: draft.software,
            needs: draft.index.needs, bases: draft.index.bases, coded: draft.index.coded)
    }

    /// The container is written from its first byte to its last, signatures included; so it is encrypted as it goes by, and
    /// no whole bundle is ever in the clear.
    private func write(
        _ draft: BundleDraft, _ signatures: [NamedSignature], to output: BundleOutput, for recipients: [AgeRecipient]
    ) throws {
        guard !recipients.isEmpty else { return try draft.write(to: output, signatures: signatures) }
        let writer = try AgeWriter(to: output, recipients: recipients)
        try draft.write(to: writer, signatures: signatures)
        try writer.finish()
    }

    private func step<Result>(_ id: String, _ title: String, _ work: () throws -> Result) rethrows -> Result {
        events.receive(.stepStarted(id: id, title: title, index: id == "collect" ? 0 : 2, total: 3))
        let result = try work()
        events.receive(.stepFinished(id: id, milliseconds: 0))
        return result
    }
}
