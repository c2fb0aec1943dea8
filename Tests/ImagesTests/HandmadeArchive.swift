// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images

/// A tar archive written by hand, member after member, in a file of its own.
final class HandmadeArchive {
    let path: HostPath
    private let directory: HostPath
    private(set) var bytes: [UInt8] = []

    init(_ members: [(String, [UInt8])]) throws {
        directory = try FileSystem.createTemporaryDirectory()
        path = directory / "image.tar"
        for (name, data) in members {
            let header = try MemberHeader(name: name, size: Int64(data.count))
            bytes += header.bytes + data + [UInt8](repeating: 0, count: header.paddingBytes)
        }
        bytes += [UInt8](repeating: 0, count: 1024)
        try FileSystem.write(bytes, to: path)
    }

    deinit { _ = try? FileSystem.removeTree(directory) }

    /// The same archive through a compressor, beside it.
    func compressed(by program: String) async throws -> HostPath {
        let result = try await SystemCommandRunner().run(Command([program, "-k", "-q", path.text]))
        guard result.status == 0 else { throw ImageError.damaged }
        return HostPath(path.text + [".gzip": ".gz", ".xz": ".xz", ".zstd": ".zst"][".\(program)", default: ""])
    }

    func rewrite(_ change: (inout [UInt8]) -> Void) throws {
        var changed = bytes
        change(&changed)
        try FileSystem.write(changed, to: path)
    }
}
