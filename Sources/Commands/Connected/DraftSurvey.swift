// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import HostSystem
import Images

/// Walks an author's repository and tells what its files are, by their first bytes rather than by their names.
struct DraftSurvey {
    /// Dependencies and intermediate products: none of them is what anyone ships.
    private static let skipped: Set = [
        "node_modules", "vendor", "deps", "incremental", "__pycache__", "testdata", "venv",
    ]
    private static let depth = 8
    private static let limit = 50_000

    private let root: HostPath
    private var entries: [DraftEntry] = []

    /// Everything below the directory worth looking at; hidden names and links are passed over.
    static func entries(of root: HostPath) throws -> [DraftEntry] {
        var survey = DraftSurvey(root: root)
        try survey.walk(root, prefix: "", depth: 0)
        return survey.entries
    }

    private init(root: HostPath) { self.root = root }

    private mutating func walk(_ directory: HostPath, prefix: String, depth: Int) throws {
        guard depth < DraftSurvey.depth else { return }
        for name in try FileSystem.list(directory).sorted() where !name.hasPrefix(".") {
            guard entries.count < DraftSurvey.limit else { return }
            let path = directory / name
            guard let status = try FileSystem.status(path) else { continue }
            switch status.kind {
            case .directory where !DraftSurvey.skipped.contains(name):
                entries.append(DraftEntry(path: prefix + name, kind: .directory))
                try walk(path, prefix: "\(prefix)\(name)/", depth: depth + 1)
            case .file:
                entries.append(DraftEntry(path: prefix + name, kind: try kind(of: path, status, prefix: prefix)))
            default: continue
            }
        }
    }

    private func kind(of path: HostPath, _ status: FileStatus, prefix: String) throws -> DraftEntry.Kind {
        if path.name.hasSuffix(".tar"), isImage(path) { return .imageArchive }
        guard status.permissions & 0o111 != 0, status.size > 64 else { return .file }
        var start = [UInt8](repeating: 0, count: 18)
        let count = try start.withUnsafeMutableBytes { try HostFile.open(path, .read).read(into: $0) }
        guard count == start.count else { return .file }
        // elf(5): e_type 2 is an executable, 3 a position-independent one or a library.
        let isELF = start.starts(with: [0x7f, 0x45, 0x4c, 0x46]) && (start[16] == 2 || start[16] == 3)
        if isELF, !path.name.contains(".so") { return .program }
        // Scripts lie everywhere; those in a directory for programs are meant to be run by others.
        let isScript = start.starts(with: [0x23, 0x21]) && prefix.split(separator: "/").contains("bin")
        return isScript ? .program : .file
    }

    private func isImage(_ path: HostPath) -> Bool {
        Architecture.allCases.contains { (try? ImageInput.open(path, arch: $0)) != nil }
    }
}
