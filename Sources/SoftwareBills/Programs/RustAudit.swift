// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression

/// The list of crates that `cargo auditable` leaves in a program: JSON in a zlib stream (cargo-auditable, PARSING.md).
enum RustAudit {
    static func packages(_ section: [UInt8], room: inout Int) throws -> [SoftwarePackage] {
        let limit = try ProgramBill.limit(room)
        // What does not unpack may have taken as much work as what does.
        var taken = limit
        defer { room -= taken }
        let unpacked: [UInt8]?
        do {
            unpacked = try ZlibDecoder.bytes(of: section, limit: limit)
        } catch {
            throw limit < ProgramBill.maximumBytes ? .spent : BillFault.tooLarge(limit: limit)
        }
        guard let text = unpacked else { throw BillFault.damaged("a list of crates that does not unpack") }
        taken = text.count
        guard let document = try? StrictJSON.parse(text), case .array(let crates)? = document["packages"] else {
            throw BillFault.damaged("a list of crates that is none")
        }
        return try crates.compactMap { crate in
            guard case .string(let name)? = crate["name"], case .string(let version)? = crate["version"],
                !name.isEmpty, name.utf8.count <= FieldText.maximumBytes, version.utf8.count <= FieldText.maximumBytes
            else { throw BillFault.damaged("a crate without name and version") }
            // What only ran while the program was built is not in it.
            if crate["kind"] == .string("build") { return nil }
            return SoftwarePackage(
                kind: .cargo, name: name, version: version, isProgram: crate["root"] == .bool(true))
        }
    }
}
