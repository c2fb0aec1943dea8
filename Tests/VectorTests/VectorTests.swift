// SPDX-License-Identifier: Apache-2.0
import HostSystem
import TestSupport
import Testing
import VectorMaking

/// The published vectors: what lies in the repository is what the program makes, and each meets its class.
@Suite struct VectorTests {
    static let published = VectorDirectory(HostPath(#filePath).parent / "../Vectors")

    @Test(arguments: Vector.Kind.allCases)
    func everyVectorMeetsItsClass(kind: Vector.Kind) async throws {
        for vector in try VectorSet.vectors() where vector.kind == kind {
            let (found, error) = await VectorReading(vector: vector).answer()
            #expect(
                found == vector.expected,
                "\(vector.name): \(vector.expected) expected; \(error.map { "\($0)" } ?? "taken")")
        }
    }

    @Test func everyByteIsMadeAgain() throws {
        let made = try VectorSet.files()
        for (name, bytes) in made {
            let there = try FileSystem.readAll(Self.published.path / name, limit: 4 << 20)
            #expect(there == bytes, "\(name): run `swift run make-vectors Tests/Vectors`")
        }
        let listed = made.map(\.path).filter { $0.contains("/") }.sorted()
        #expect(try Self.published.list() == listed)
    }

    /// What the set promises (issue 5): at least 150, most of them faults, each with a name of its own and one fault.
    @Test func theSetIsAsLargeAsPromised() throws {
        let vectors = try VectorSet.vectors()
        #expect(vectors.count >= 150)
        #expect(Double(vectors.filter { $0.expected != .good }.count) >= 0.7 * Double(vectors.count))
        #expect(Set(vectors.map(\.name)).count == vectors.count)
        #expect(Set(vectors.map(\.expected)) == Set(RefusalClass.allCases))
        // No vector is another one again.
        #expect(
            Set(
                vectors.map {
                    "\($0.kind) \($0.believed) \($0.revoked) \($0.threshold) \($0.password ?? "") \($0.documentKind ?? "") \($0.bytes.hashValue) \($0.beside)"
                }
            ).count == vectors.count)
    }

    /// Every attack that a file can express has a vector, and no row is both expressed and explained away.
    @Test func everyAttackIsExpressed() throws {
        let expressed = Set(try VectorSet.vectors().flatMap(\.rows))
        #expect(AttackTable.rows.map(\.number) == Array(1...42))
        for row in AttackTable.rows {
            #expect(expressed.contains(row.number) == (row.elsewhere == nil), "row \(row.number): \(row.attack)")
        }
    }
}
