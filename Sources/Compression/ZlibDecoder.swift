// SPDX-License-Identifier: Apache-2.0
import CZlib

/// Reads one zlib stream (RFC 1950) that is whole in memory: what Rust programs keep their list of crates in. Packs never are.
package enum ZlibDecoder {
    /// - Parameter limit: the most bytes that may come out.
    /// - Returns: nil for what is no whole stream. Bytes behind its end are not looked at.
    /// - Throws: `CompressionError.tooLong`.
    package static func bytes(of input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var source = input
        var output: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        let result: Result<[UInt8]?, CompressionError> = source.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(clamping: source.count)
            while true {
                let (code, made) = room.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    let code = inflate(&stream, Z_NO_FLUSH)
                    return (code, room.count - Int(stream.avail_out))
                }
                guard output.count + made <= limit else { return .failure(.tooLong(declared: Int64(limit))) }
                output += room[..<made]
                if code == Z_STREAM_END { return .success(output) }
                guard code == Z_OK, made > 0 else { return .success(nil) }
            }
        }
        return try result.get()
    }
}
