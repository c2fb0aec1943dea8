// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension ProvenHead {
    /// Bytes of the head alone, as `writeHead` writes it.
    package var headBytes: Int64 { body.position + Int64(2 * MemberHeader.blockBytes) }

    /// The head as a file of its own (trust §3.8): the first bytes of the bundle as they are, up to the end of
    /// packs.index, and an end marker, so that `tar` opens it and a signature is put into it at the same place.
    ///
    /// It is a copy, not a proof: whoever signs it proves it again, and so does who attaches it.
    package func writeHead(to sink: any ByteSink) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(body.position, 1 << 20)), alignment: 16)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while offset < body.position {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(body.position - offset, Int64(buffer.count)))])
            try medium.read(at: offset, into: part)
            try sink.write(UnsafeRawBufferPointer(part))
            offset += Int64(part.count)
        }
        let end = [UInt8](repeating: 0, count: 2 * MemberHeader.blockBytes)
        try end.withUnsafeBytes { try sink.write($0) }
    }

    /// Whether nothing of the body is in the file: a head that was taken out of its bundle.
    package var isAlone: Bool { medium.size == headBytes && !bodyMembers.isEmpty }
}
