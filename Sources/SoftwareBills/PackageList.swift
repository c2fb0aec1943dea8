// SPDX-License-Identifier: Apache-2.0

/// The packages that one file names. A file of 64 MiB could name millions, and a bill of them would serve nobody.
struct PackageList {
    static let most = 100_000

    private(set) var packages: [SoftwarePackage] = []

    mutating func append(_ package: SoftwarePackage) throws(BillFault) {
        guard packages.count < PackageList.most else { throw .damaged("more than \(PackageList.most) packages") }
        packages.append(package)
    }

    /// What replaces the one before.
    mutating func replaceLast(_ package: SoftwarePackage) throws(BillFault) {
        _ = packages.popLast()
        try append(package)
    }
}
