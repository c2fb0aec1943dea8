// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// Unit files of a product that say that we wrote them: whoever named one of their own like the product's keeps it.
struct OwnUnits {
    let environment: InstallerEnvironment

    private var layout: HostLayout { environment.layout }

    var names: [String] {
        get throws {
            let slices = UnitNames(product: layout.product).slicePrefix
            return try FileSystem.list(layout.unitDirectory).filter { unit in
                guard unit.hasPrefix("\(layout.product).") || unit.hasPrefix(slices),
                    try FileSystem.status(layout.unit(unit))?.kind == .file
                else {
                    return false
                }
                return try UnitText.isOurs(FileSystem.readAll(layout.unit(unit), limit: 1 << 20))
            }
        }
    }

    /// A slice whose services are stopped is empty, and active for as long as nobody stops it; without its file nobody finds it.
    func stopSlices(among units: [String]) async throws {
        for unit in units where unit.hasSuffix(".slice") {
            try await environment.services.stop(unit, timeout: .seconds(10))
        }
    }
}
