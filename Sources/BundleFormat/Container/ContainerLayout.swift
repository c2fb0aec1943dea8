// SPDX-License-Identifier: Apache-2.0

/// Holds members to the one order of format §4.1, one after the other, without keeping the list.
package struct ContainerLayout {
    private var last: MemberName?
    private var signatures = 0
    private var openNames: [String] = []

    package init() {}

    /// Takes the next member's name.
    ///
    /// - Throws: `FormatError.badLayout` when it may not stand behind the one before.
    package mutating func take(_ name: MemberName) throws(FormatError) {
        guard let last else {
            guard name == .readme else { throw .badLayout(.missing(MemberName.readme.description)) }
            self.last = name
            return
        }
        for needed in ContainerLayout.required
        where ContainerLayout.rank(last) < ContainerLayout.rank(needed)
            && ContainerLayout.rank(needed) < ContainerLayout.rank(name)
        {
            throw .badLayout(.missing(needed.description))
        }
        guard ContainerLayout.isOrdered(last, name) else {
            throw .badLayout(.wrongOrder(member: name.description, after: last.description))
        }
        if case .signature = name {
            signatures += 1
            guard signatures <= Limits.signatures else { throw .badLayout(.tooManySignatures) }
        }
        try refuseFileBelowFile(name)
        self.last = name
    }

    /// Takes the end of the file.
    package func finish() throws(FormatError) {
        guard let last else { throw .badLayout(.missing(MemberName.readme.description)) }
        for needed in ContainerLayout.required where ContainerLayout.rank(last) < ContainerLayout.rank(needed) {
            throw .badLayout(.missing(needed.description))
        }
    }

    private static let required: [MemberName] = [
        .readme, .checksums, .signatureReserve, .manifest, .fileList, .packIndex,
    ]

    private static func rank(_ name: MemberName) -> Int {
        switch name {
        case .readme: 0
        case .checksums: 1
        case .signature: 2
        case .signatureReserve: 3
        case .trustRoot, .trustSignature: 4
        case .manifest: 5
        case .fileList: 6
        case .packIndex: 7
        case .document: 8
        case .sbom: 9
        case .pack: 10
        }
    }

    private static func isOrdered(_ left: MemberName, _ right: MemberName) -> Bool {
        switch (left, right) {
        case (.signature(let a), .signature(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.trustRoot(let a), .trustRoot(let b)): a < b
        case (.trustRoot(let a), .trustSignature(let b, _)): a == b
        case (.trustSignature(let a, _), .trustRoot(let b)): a < b
        case (.trustSignature(let a, let x), .trustSignature(let b, let y)):
            a == b && x.utf8.lexicographicallyPrecedes(y.utf8)
        // A signature without its root is of nothing.
        case (_, .trustSignature): false
        case (.document(let a), .document(let b)), (.sbom(let a), .sbom(let b)): a < b
        // Their order is that of packs.index, which the reader compares line by line.
        case (.pack(let a, _), .pack(let b, _)): a != b
        default: rank(left) < rank(right)
        }
    }

    /// `docs/a` and `docs/a/b` cannot both be unpacked, nor can bills.
    private mutating func refuseFileBelowFile(_ name: MemberName) throws(FormatError) {
        let path: ReleasePath
        switch name {
        case .document(let found), .sbom(let found): path = found
        default: return
        }
        guard PrefixStack.take(path.text, &openNames) else { throw .badLayout(.fileBelowFile(path.text)) }
    }
}

/// Finds a path below another in a list sorted by bytes, in one pass: names that begin with a path stand right behind
/// it, so only the chain of prefixes of the current one has to be kept.
enum PrefixStack {
    /// - Returns: false when the path lies below one that was given before.
    static func take(_ path: String, _ open: inout [String]) -> Bool {
        while let top = open.last, !path.hasPrefix(top) { open.removeLast() }
        for shorter in open where path.utf8.dropFirst(shorter.utf8.count).first == UInt8(ascii: "/") { return false }
        open.append(path)
        return true
    }
}
