// SPDX-License-Identifier: Apache-2.0

/// rpm's own `Packages.db` (SUSE): slots of 16 bytes that say where each header lies, in units of 16 bytes (rpm,
/// lib/backend/ndb/rpmpkg.c). Numbers have the low byte first.
enum NDBPackages {
    static func blobs(_ view: BytesView, each: ([UInt8]) throws(BillFault) -> Void) throws(BillFault) {
        guard try view.little(4, 4) == 0 else { throw .unknownForm }
        let pages = try view.little(12, 4)
        guard pages > 0, pages <= view.count / 4096 else { throw .damaged("\(pages) pages of slots") }
        var taken = 0
        // The file's header takes the room of the first two.
        for slot in 2..<(pages * 256) {
            guard try view.range(slot * 16, 4).elementsEqual("Slot".utf8) else { throw .damaged("a slot that is none") }
            let package = try view.little(slot * 16 + 4, 4)
            guard package != 0 else { continue }
            let offset = try view.little(slot * 16 + 8, 4) * 16
            guard try view.range(offset, 4).elementsEqual("BlbS".utf8), try view.little(offset + 4, 4) == package else {
                throw .damaged("a slot that leads to no header")
            }
            let size = try view.little(offset + 12, 4)
            taken += size
            // Slots that share bytes would make more of a file than there is.
            guard taken <= view.count else { throw .damaged("headers that overlap") }
            try each(Array(try view.range(offset + 16, size)))
        }
    }
}
