// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import PackStorage

/// The contents of a tree: each file read once, hashed, and looked at for what it needs from a host.
struct CollectedContents {
    /// In the order of the tree's files.
    let files: [(file: CollectedTree.File, content: PackContent, elf: ELFNeeds?)]

    /// - Throws: `SystemCallError`; `CancellationError`.
    init(_ tree: CollectedTree, progress: (Int64) -> Void) throws {
        files = try tree.files.map { file in
            let opened = try HostFile.open(file.source, .read, followLinks: false)
            let elf = try ELFFile(ELFImage { try opened.read(at: $0, into: $1) })
            let needs = try elf?.needs
            let kind = needs?.arch.map(PackContent.Kind.executable) ?? .other
            let content = try ContentHasher.content(of: opened, kind: kind, path: file.path.text)
            progress(content.size)
            return (file, content, needs)
        }
    }

    /// Files with mode 0755, as the manifest lists them.
    var executables: [Executable] {
        files.filter(\.file.executable).map { Executable(path: $0.file.path, elf: $0.elf) }
    }

    /// Where each content can be read again.
    var sources: [Digest: HostPath] {
        Dictionary(files.map { ($0.content.digest, $0.file.source) }) { first, _ in first }
    }
}
