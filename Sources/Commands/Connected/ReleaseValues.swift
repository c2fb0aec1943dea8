// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Configuration
import HostRecords
import HostSystem
import Installer

/// What a bundle says about values, read out of its packs after proving it.
struct ReleaseValues {
    let manifest: Manifest
    let defaults: ValueDocument?
    let schema: ValueSchema?
    let source: BundleSource

    init(_ head: ProvenHead) throws {
        let source = try BundleSource(head, layout: HostLayout(product: head.manifest.name))
        self.source = source
        manifest = head.manifest
        defaults = try Self.document(head.manifest.values.defaults, source)
        if let document = try Self.document(head.manifest.values.schema, source) {
            schema = try ValueSchema(document.value)
        } else {
            schema = nil
        }
    }

    private static func document(_ path: ReleasePath?, _ source: BundleSource) throws -> ValueDocument? {
        guard let path else { return nil }
        return try ValueDocument(try source.read(path), file: path.text)
    }

    /// The values of a site, checked: the defaults under the files given, in order.
    func values(under files: [String]) throws -> Value {
        var layers = ValueLayers()
        if let defaults { layers.add(defaults) }
        for file in files {
            layers.add(
                try ValueDocument(try FileSystem.readAll(HostPath(file), limit: 4 << 20, streams: true), file: file))
        }
        return try layers.checked(against: schema)
    }

    /// A host that is made up: the first product there, blue, every secret present. For previews.
    func previewFacts(of machine: MachineFacts = PreviewMachine.madeUp) -> SlotFacts {
        let root = "/opt/\(manifest.name)"
        let addresses = SlotAddresses(index: 0)
        let listen = manifest.services.mapValues { service in
            service.ports.compactMapValues { port in
                addresses?.endpoint(service.strategy == .recreate ? nil : .blue, port: port.port)
            }
        }
        return SlotFacts(
            slot: .blue, bin: "\(root)/slots/blue/release/bin", share: "\(root)/slots/blue/release/share",
            config: "\(root)/slots/blue/config", host: machine,
            listen: listen.mapValues { $0.mapValues { SlotFacts.Listen(endpoint: $0) } }, addresses: listen,
            state: Dictionary(
                uniqueKeysWithValues: manifest.services.map { name, service in
                    let paths = service.state.map { ($0.name, "/var/lib/\(manifest.name)/\(name)/\($0.name)") }
                    return (name, Dictionary(paths) { first, _ in first })
                }),
            credentials: Dictionary(
                uniqueKeysWithValues: manifest.services.keys.map {
                    ($0, "/run/credentials/\(manifest.name).\($0).blue.service")
                }),
            secretsPresent: Set(manifest.secrets.keys))
    }
}
