// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Configuration
import HostRecords
import HostSystem
import YAMLDocuments

/// Understands a site's documents: layers the values, checks them against the author's schema. Everything that is wrong
/// is thrown at once, with file, line and column.
struct SettingsReader {
    let source: any ReleaseSource

    func settings(from site: SiteFiles, layout: HostLayout) throws -> SiteSettings {
        let values = source.manifest.values
        var layers = ValueLayers()
        if let path = values.defaults {
            layers.add(try ValueDocument(try source.read(path), file: path.text))
        }
        if let bytes = site.values { layers.add(try ValueDocument(bytes, file: layout.siteValues.text)) }
        let host = try hostSettings(site, layout)
        if let node = host.values { layers.add(ValueDocument(node)) }
        let schema = try values.schema.map { path in
            try ValueSchema(try ValueDocument(try source.read(path), file: path.text).value)
        }
        var settings = SiteSettings(
            values: try layers.checked(against: schema), secrets: Set(site.secrets.keys), ports: host.ports,
            state: host.state, keep: host.keep ?? 3, digest: site.digest)
        settings.address = host.address
        settings.overcommit = host.overcommit
        settings.roles = host.roles
        settings.networks = host.networks
        settings.traffic = host.traffic ?? .nftables
        settings.runtime = host.runtime
        return settings
    }

    private func hostSettings(_ site: SiteFiles, _ layout: HostLayout) throws -> HostSettings {
        guard let bytes = site.host else { return HostSettings() }
        let settings = try HostSettings.decode(try YAMLDocument.parse(bytes, file: layout.siteHost.text))
        let manifest = source.manifest
        let problems = settings.problems(
            against: manifest.services, roles: Array(manifest.roles.keys), networks: Array(manifest.networks.keys))
        guard problems.isEmpty else { throw SpecProblems(problems) }
        return settings
    }
}
