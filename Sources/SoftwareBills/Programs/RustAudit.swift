// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression

/// The list of crates that `cargo auditable` leaves in a program: JSON in a zlib stream (cargo-auditable, PARSING.md).
enum RustAudit {
    static func packages(_ section: [UInt8]) throws -> [SoftwarePackage] {
        let unpacked: [UInt8]?
        do {
            unpacked = try ZlibDecoder.bytes(of: section, limit: ProgramBill.maximumBytes)
        } catch {
            throw BillFault.tooLarge(limit: ProgramBill.maximumBytes)
        }
        guard let text = unpacked else { throw BillFault.damaged("a list of crates that does not unpack") }
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
