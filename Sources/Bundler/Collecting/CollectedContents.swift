// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Images
import PackStorage
import SoftwareBills

/// The contents of a release: each file read once, hashed, and looked at for what it needs from a host.
struct CollectedContents: Sendable {
    struct File: Sendable {
        let file: CollectedTree.File
        let content: PackContent
        /// nil for what is no program: most files are none, and there may be a million.
        let program: Program?
    }

    /// What a program says of itself.
    final class Program: Sendable {
        let elf: ELFNeeds?
        /// The modules that it was built of.
        let software: Finding?

        init?(elf: ELFNeeds?, software: Finding?) {
            guard elf != nil || software != nil else { return nil }
            self.elf = elf
            self.software = software
        }
    }

    /// In the order of the tree's files.
    private(set) var files: [File] = []
    private(set) var images: [String: Image] = [:]
    /// What the files of each image say of the software in it.
    private(set) var views: [String: FileSystemView] = [:]
    private(set) var problems: [SourceProblem] = []
    private var imageContents: [PackContent] = []
    /// How each part of an image can be read again, from an offset on.
    private var parts: [Digest: @Sendable (Int64) throws -> any ByteSource] = [:]
    /// Places in `files`, by their digests: a way of its own to each of 200,000 files takes 30 MB.
    private var byDigest: [Int32] = []

    /// - Parameter progress: told how many bytes were just read.
    /// - Throws: `CancellationError`; what cannot be read is a problem.
    init(_ tree: CollectedTree, _ recipe: ReleaseRecipe, progress: (Int64) -> Void) throws {
        files.reserveCapacity(tree.files.count)
        for file in tree.files {
            try attempt(file.place, file.source.text) {
                try $0.take(file, recipe.identity.arch)
                progress($0.files.last?.content.size ?? 0)
            }
        }
        byDigest = files.indices.sorted {
            (files[$0].content.digest, $0) < (files[$1].content.digest, $1)
        }.map(Int32.init)
        for image in recipe.images {
            guard let path = image.origin.path else { continue }
            // Of one that was fetched, where it is in the cache helps nobody.
            try attempt(image.place, image.origin.reference?.text ?? path.text) {
                try $0.take(image, at: path, recipe.identity.arch)
                progress($0.images[image.name]?.bytes ?? 0)
            }
        }
    }

    /// What goes into packs: everything but the documents, which are members of their own.
    var packed: [PackContent] {
        var contents: [PackContent] = []
        contents.reserveCapacity(files.count + imageContents.count)
        for file in files where file.file.use != .document { contents.append(file.content) }
        return contents + imageContents
    }

    var documents: [File] { files.filter { $0.file.use == .document } }

    /// Where these files of the tree come from.
    func sources(of paths: Set<ReleasePath>) -> [ReleasePath: HostPath] {
        Dictionary(files.lazy.filter { paths.contains($0.file.path) }.map { ($0.file.path, $0.file.source) }) {
            first, _ in first
        }
    }

    /// Reads a content again, from an offset on.
    ///
    /// - Returns: nil when nothing here has it.
    func open(_ digest: Digest, at offset: Int64) throws -> (any ByteSource)? {
        guard let file = file(of: digest) else { return try parts[digest]?(offset) }
        return FileRange(try HostFile.open(file.source, .read, followLinks: false), offset: offset)
    }

    /// The first that has this content.
    private func file(of digest: Digest) -> CollectedTree.File? {
        let place = byDigest.partitioningIndex { files[Int($0)].content.digest >= digest }
        guard place < byDigest.endIndex else { return nil }
        let found = files[Int(byDigest[place])]
        return found.content.digest == digest ? found.file : nil
    }

    /// Files with mode 0755, as the manifest lists them.
    var executables: [Executable] {
        files.filter(\.file.executable).map { Executable(path: $0.file.path, elf: $0.program?.elf) }
    }

    private mutating func take(_ file: CollectedTree.File, _ arch: Architecture) throws {
        let opened = try HostFile.open(file.source, .read, followLinks: false)
        let image = ELFImage(size: try opened.size()) { try opened.read(at: $0, into: $1) }
        let needs = try ELFFile(image)?.needs
        if file.use == .program, let needs, needs.arch != arch {
            problems.append(
                SourceProblem(
                    place: file.place, path: file.source.text, fact: .wrongArchitecture(found: needs.arch)))
        }
        let kind = needs?.arch.map(PackContent.Kind.machineCode) ?? .other
        let content = try ContentHasher.content(of: opened, kind: kind, path: file.path.text)
        files.append(
            File(
                file: file, content: content,
                program: Program(elf: needs, software: try CollectedContents.software(of: image))))
    }

    private static func software(of image: ELFImage) throws -> Finding? {
        do {
            let packages = try ProgramBill.packages(image)
            return packages.isEmpty ? nil : .packages(packages)
        } catch let fault as BillFault {
            return .unread(reason: fault.reason)
        }
    }

    private mutating func take(
        _ source: ReleaseRecipe.ImageSource, at archive: HostPath, _ arch: Architecture
    ) throws {
        guard let path = try? FileSystem.resolve(archive), let status = try FileSystem.status(path) else {
            return report(source.place, archive.text, .missing)
        }
        guard status.kind == .file || status.kind == .directory else {
            return report(source.place, archive.text, .specialFile)
        }
        let image = try source.open(path, arch)
        let config = try carry(image.config, of: image, as: "images/\(source.name)/config")
        let manifest = try image.manifest.map { try carry($0, of: image, as: "images/\(source.name)/manifest") }
        var view = FileSystemView()
        let layers = try image.layers.enumerated().map { number, layer in
            let path = "images/\(source.name)/layer-\(number)"
            let content = try carry(layer, of: image, as: path, into: &view)
            return Image.Layer(digest: content.digest, bytes: content.size, diff: layer.diff)
        }
        views[source.name] = view
        images[source.name] = Image(
            kind: image.identity.kind.rawValue, config: Image.Blob(digest: config.digest, bytes: config.size),
            manifest: manifest.map { Image.Blob(digest: $0.digest, bytes: $0.size) }, layers: layers,
            ref: source.origin.reference?.text)
    }

    /// One part of an image becomes a content. Hashed anew for each image: what an archive says of itself is not believed.
    private mutating func carry(_ part: ImagePart, of image: OpenedImage, as path: String) throws -> PackContent {
        let content = try ContentHasher.content(of: try image.open(part, at: 0), kind: .other, path: path)
        try image.prove(part, found: content.digest)
        add(content, part, image)
        return content
    }

    /// The same of a layer; what its files say of the software in it goes into the view.
    private mutating func carry(
        _ layer: ImageLayer, of image: OpenedImage, as path: String, into view: inout FileSystemView
    ) throws -> PackContent {
        var hasher = ContentHasher()
        let reading = try image.read(layer, into: &view) { hasher.update($0) }
        let content = hasher.content(kind: .other, path: path)
        try image.prove(reading, found: content.digest)
        add(content, layer.part, image)
        return content
    }

    private mutating func add(_ content: PackContent, _ part: ImagePart, _ image: OpenedImage) {
        guard parts[content.digest] == nil, file(of: content.digest) == nil else { return }
        imageContents.append(content)
        parts[content.digest] = { try image.open(part, at: $0) }
    }

    private mutating func report(_ place: String, _ path: String, _ fact: SourceProblem.Fact) {
        problems.append(SourceProblem(place: place, path: path, fact: fact))
    }

    private mutating func attempt(_ place: String, _ path: String, _ work: (inout Self) throws -> Void) throws {
        do {
            try work(&self)
        } catch let error as SystemCallError {
            report(place, path, .unreadable(error))
        } catch let error as ImageError {
            report(place, path, .image(error))
        }
    }
}
