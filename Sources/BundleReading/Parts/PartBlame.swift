// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import HostSystem

extension BundleMedium {
    /// Does the work; a fault of the bytes becomes one of the part that they lie in, as far as the list tells.
    ///
    /// - Parameter packs: the bundle's packs by member name, once its head is proven.
    func locating<Result>(packs: Set<String>? = nil, _ work: () throws -> Result) throws -> Result {
        guard let parts else { return try work() }
        do {
            return try work()
        } catch let fault as BundleError {
            throw parts.blame(for: fault, in: isEncrypted ? nil : fault.place, packs: packs) ?? fault
        } catch let fault as FormatError {
            throw parts.blame(for: fault, in: nil, packs: packs) ?? fault
        } catch let fault as AgeError {
            guard case .damagedChunk(let offset) = fault else {
                throw parts.blame(for: fault, in: nil, packs: packs) ?? fault
            }
            throw parts.blame(for: fault, in: offset..<offset + 65_552, packs: packs) ?? fault
        }
    }
}

extension PartedFile {
    /// Reads the parts in question, then the others that are at hand, until one is not what is listed.
    ///
    /// - Returns: nil when all are: then the list belongs to bytes that were bad before they were cut.
    func blame(for fault: any Error, in range: Range<Int64>?, packs: Set<String>?) -> PartError? {
        let suspects = range.map { Array(numbers(of: $0)) } ?? []
        for number in suspects + (1...count).filter({ !suspects.contains($0) }) {
            guard let opened = atHand(number) else { continue }
            let name = list.name(number)
            do {
                let scan = try PartScan(opened, from: start(of: number), packs: packs)
                guard scan.digest != list.digests[number - 1] else { continue }
                if let other = list.digests.firstIndex(of: scan.digest) {
                    return .swapped(name: name, place: opened.place, with: list.name(other + 1))
                }
                let isElsewhere = !suspects.isEmpty && !suspects.contains(number)
                if scan.otherPacks > 0 || isElsewhere {
                    return .foreign(name: name, place: opened.place, list: listPath)
                }
                return .damaged(name: name, place: opened.place, list: listPath, cause: fault)
            } catch let error as SystemCallError {
                return .unreadable(name: name, place: opened.place, error)
            } catch {
                return nil
            }
        }
        return nil
    }
}

extension BundleError {
    /// The bytes that it is about; nil when it says none.
    fileprivate var place: Range<Int64>? {
        switch self {
        case .truncated(_, let offset, _): max(0, offset - 1)..<max(1, offset)
        case .wrongDigest(_, let offset, let bytes, _, _, _): offset..<offset + max(1, bytes)
        case .badHeader(_, let offset), .unexpectedMember(_, _, let offset), .missingMember(_, let offset),
            .memberTooLarge(_, _, _, let offset), .wrongMemberSize(_, _, _, let offset), .badPadding(_, let offset),
            .badSignatureArea(let offset), .badEndMarker(let offset), .bytesAfterEnd(let offset, _):
            offset..<offset + Int64(MemberHeader.blockBytes)
        case .notABundle, .identityMismatch: 0..<1
        default: nil
        }
    }
}
