// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration

extension ReleaseRenderer {
    /// What sensitive config says, as keyed hashes of what it would say in slot blue: the two slots differ in their
    /// addresses, and that is no change that a plan should tell.
    func sensitiveHashes() throws -> [String: Digest] {
        guard let secretContents else { return [:] }
        let blue = Placements(
            manifest: manifest, slot: .blue, addresses: placements.addresses, settings: placements.settings,
            layout: placements.layout, directory: placements.directory)
        let renderer = ReleaseRenderer(
            source: source, placements: blue, host: host, hasIPv6: hasIPv6, secretHashes: secretHashes,
            secretContents: secretContents)
        var hashes: [String: Digest] = [:]
        for (name, service) in manifest.services.sorted(by: { $0.key < $1.key })
        where service.config.contains(where: isSensitive) {
            let one = try renderer.render(name, service, blue.placement(of: name, service, place: "-"))
            for (file, bytes) in one.sensitive { hashes[file] = secretContents.hash(of: bytes) }
        }
        return hashes
    }

    private func isSensitive(_ file: String) -> Bool { manifest.config[file]?.isSensitive == true }
}
