// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostSystem
import TestSupport
import Testing
import Trust

/// What is wrong with a part is said of that part.
@Suite struct PartFaultTests {
    let parted: PartedBundle

    init() throws {
        parted = try PartedBundle()
        try parted.spread()
    }

    @Test func missingOnesAreNamedAllAtOnce() throws {
        for number in [2, 5] { try FileSystem.remove(parted.place(number) / parted.name(number)) }
        guard case .missing(_, let names, _)? = parted.fault() else { return #expect(parted.fault() != nil) }
        #expect(names == [parted.name(2), parted.name(5)])
    }

    @Test(arguments: [1, 3, 4])
    func aCutOneIsNamed(_ number: Int) throws {
        try parted.put(number, on: ["a", "b", "c"][(number - 1) % 3], Array(parted.pieces[number - 1].dropLast(700)))
        guard case .cut(let name, let place, _, _)? = parted.fault() else { return #expect(Bool(false)) }
        #expect(name == parted.name(number) && place == parted.place(number))
    }

    @Test func aCutLastOneIsNamed() throws {
        let last = parted.pieces.count
        try FileSystem.write(Array(parted.pieces[last - 1].dropLast(9)), to: parted.place(last) / parted.name(last))
        guard case .damaged(let name, _, _, let cause)? = parted.fault() else { return #expect(Bool(false)) }
        guard case .truncated? = cause as? BundleError else { return #expect(Bool(false)) }
        #expect(name == parted.name(last))
    }

    @Test func swappedOnesAreNamed() throws {
        try parted.put(3, on: "c", parted.pieces[3])
        try parted.put(4, on: "a", parted.pieces[2])
        guard case .swapped(let name, _, let other)? = parted.fault() else { return #expect(Bool(false)) }
        #expect(name == parted.name(3) && other == parted.name(4))
    }

    /// Another build of the same release under the same names, whatever part of it got among these.
    @Test(arguments: [1, 2, 3])
    func aStaleOneIsNamed(_ number: Int) throws {
        let parted = try PartedBundle(partBytes: 100_001)
        try parted.spread()
        let older = try PartedBundle(partBytes: 100_001, seed: 10)
        try FileSystem.write(older.pieces[number - 1], to: parted.place(number) / parted.name(number))
        let keys = Keyring(keys: [parted.key.publicKey, older.key.publicKey])
        do {
            _ = try UnverifiedBundle.open(parted.list, search: parted.search).proveHead(by: keys).verifyBody()
            Issue.record("a stale part was taken")
        } catch PartError.foreign(let name, let place, _) {
            #expect(name == parted.name(number) && place == parted.place(number))
        }
    }

    /// Pack and file of each damaged byte, whichever part it is in.
    @Test func aDamagedOneIsNamedWithPackAndFile() throws {
        for number in 2..<parted.pieces.count {
            var bad = parted.pieces[number - 1]
            bad[25_000] ^= 1
            try FileSystem.write(bad, to: parted.place(number) / parted.name(number))
            guard case .damaged(let name, let place, _, let cause)? = parted.fault(),
                case .wrongDigest(let member, _, _, _, _, let feeds)? = cause as? BundleError
            else { return #expect(Bool(false), "\(number): \(String(describing: parted.fault()))") }
            #expect(name == parted.name(number) && place == parted.place(number) && member.hasPrefix("packs/"))
            #expect(feeds.count == 1 && feeds[0].hasPrefix("share/"))
            try FileSystem.write(parted.pieces[number - 1], to: parted.place(number) / parted.name(number))
        }
        #expect(parted.fault() == nil)
    }

    @Test func aDirectoryHasOneBundle() throws {
        #expect(throws: PartError.self) { try parted.open(parted.medium("b")) }
        try FileSystem.write([1], to: parted.medium("a") / "other.bundle")
        do {
            _ = try parted.open(parted.medium("a"))
            Issue.record("one of two was chosen")
        } catch PartError.severalBundles(_, let names) {
            #expect(names == [parted.list.name, "other.bundle"].sorted())
        }
    }

    @Test func aPartWithoutItsListIsSaidSo() throws {
        try FileSystem.remove(parted.list)
        do {
            _ = try parted.open(parted.medium("a") / parted.name(1))
            Issue.record("a part was read alone")
        } catch PartError.noList(let list, _) {
            #expect(list == parted.list.name)
        }
    }
}
