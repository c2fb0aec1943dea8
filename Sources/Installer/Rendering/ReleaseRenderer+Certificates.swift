// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration

extension ReleaseRenderer {
    /// The certificates that the site provides, with the names that they must have on this host.
    /// - Throws: `ConfigurationError.template`.
    func certificates() throws -> [PlannedCertificate] {
        var lines = LineRenderer()
        var found: [PlannedCertificate] = []
        // Names are no service's: what a shared config file may use.
        let nobody = placements.placement(of: "-", Service(run: [], strategy: .blueGreen), place: "-")
        let context = context(nil, nobody)
        for (id, secret) in source.manifest.secrets.sorted(by: { $0.key < $1.key }) {
            guard let certificate = secret.certificate, placements.settings.secrets.contains(id) else { continue }
            let names = try certificate.names.enumerated().map { index, name in
                try lines.render(name, "secrets.\(id).names[\(index)]", context)
            }
            found.append(
                PlannedCertificate(
                    id: id, key: certificate.key, names: names.filter { !$0.isEmpty }, warn: certificate.warn))
        }
        guard lines.problems.isEmpty else { throw ConfigurationError.template(lines.problems) }
        return found
    }
}
