// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Reporting

/// Asks the container runtime which image it has under the name and the ID that units use, and which one each container runs.
struct ImagesComparer {
    let product: ReleaseName
    let sheet: AuditSheet
    let runtime: ContainerRuntime
    let byManifest: Bool
    let runner: any CommandRunner

    private var images: any RuntimeImages { runtime.images(runner, byManifest: byManifest) }

    func compare(_ wanted: [String: Image]) async {
        for (name, image) in wanted.sorted(by: { $0.key < $1.key }) {
            sheet.tally.images += 1
            let label = ImageName.lasting(image.id, product)
            let expected = "image \(name), ID \(images.identity(image))"
            do {
                let found = try await images.identity(named: label)
                if let found, found != images.identity(image) {
                    sheet.drift(
                        .images, .changed, at: label, expected: expected, found: "ID \(found)", mends: [.image(name)])
                } else if try await !images.holds(image, for: product) {
                    sheet.drift(.images, .missing, at: label, expected: expected, mends: [.image(name)])
                } else if found == nil {
                    sheet.drift(
                        .images, .missing, at: label, expected: expected, found: "the image, without this name",
                        mends: [.image(name)])
                }
            } catch {
                sheet.drift(
                    .images, .broken, at: label, expected: expected, found: "\(runtime.rawValue) does not answer",
                    remedy: "journalctl -b; then: bundle audit \(product)")
            }
        }
    }

    /// - Parameter containers: the image that each is to run, by the container's name; those of services that run.
    func compareContainers(_ containers: [String: (image: Image, unit: String)]) async {
        for (container, wanted) in containers.sorted(by: { $0.key < $1.key }) {
            let found: Digest?
            do { found = try await images.imageOfContainer(container) } catch {
                sheet.unanswered(.processes, "container \(container)", "\(runtime.rawValue) does not answer")
                continue
            }
            guard let found else { continue }
            sheet.tally.processes += 1
            guard found != images.identity(wanted.image) else { continue }
            sheet.drift(
                .processes, .changed, at: wanted.unit, expected: "image ID \(images.identity(wanted.image))",
                found: "container \(container) runs image ID \(found)",
                remedy: "bundle audit \(product) --repair, then: systemctl restart \(wanted.unit)")
        }
    }
}
