// SPDX-License-Identifier: Apache-2.0
import NIOHPACK

/// The one call of the gRPC health protocol that a check makes, as bytes: `grpc.health.v1.Health/Check` over HTTP/2
/// (grpc/doc/PROTOCOL-HTTP2.md, grpc/doc/health-checking.md). Its two messages have one field each, so they are read and
/// written here rather than by a library that brings protocol buffers and a transport that cannot mark its sockets.
struct HealthCall: Sendable {
    let service: String
    let authority: String
    let isSecure: Bool
    let milliseconds: Int

    var headers: HPACKHeaders {
        [
            ":method": "POST", ":scheme": isSecure ? "https" : "http", ":path": "/grpc.health.v1.Health/Check",
            ":authority": authority, "content-type": "application/grpc", "te": "trailers",
            "user-agent": "bundle-health", "grpc-timeout": "\(milliseconds)m",
        ]
    }

    /// A message's frame: a byte that says that it is not compressed, and its length. `HealthCheckRequest { string service
    /// = 1; }` leaves an empty name out.
    var request: [UInt8] {
        var message: [UInt8] = []
        if !service.isEmpty {
            let name = Array(service.utf8)
            message = [0x0a] + HealthCall.varint(name.count) + name
        }
        let count = UInt32(message.count)
        return [0, UInt8(count >> 24), UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
            + message
    }

    /// Reads `HealthCheckResponse { ServingStatus status = 1; }` in its frame; a field that is not there is 0, others are
    /// passed over.
    /// - Returns: nil for what is not one whole message.
    static func status(in frame: [UInt8]) -> ServingStatus? {
        guard frame.count >= 5, frame[0] == 0 else { return nil }
        let count = frame[1..<5].reduce(0) { $0 << 8 | Int($1) }
        var rest = frame[5...]
        guard rest.count == count else { return nil }
        var status = 0
        while !rest.isEmpty {
            guard let tag = varint(&rest) else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = varint(&rest) else { return nil }
                if tag >> 3 == 1 { status = Int(truncatingIfNeeded: value) }
            case 1, 5:
                let width = tag & 7 == 1 ? 8 : 4
                guard rest.count >= width else { return nil }
                rest = rest.dropFirst(width)
            case 2:
                guard let width = varint(&rest), width <= UInt64(rest.count) else { return nil }
                rest = rest.dropFirst(Int(width))
            default: return nil
            }
        }
        // A value of a later protocol is none that says that it serves.
        return ServingStatus(rawValue: status) ?? .unknown
    }

    private static func varint(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
