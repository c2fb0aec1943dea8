// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration
import HostRecords
import HostSystem

/// One service's texts.
struct RenderedService {
    var unit: String
    /// nil for a service that needs none of its own.
    var slice: UnitText?
    var config: [String: [UInt8]]
    /// Config that holds secrets.
    var sensitive: [String: [UInt8]]
    var target: HealthTarget
    var checks: [ConfigCheck]
}

extension ReleaseRenderer {
    func render(_ name: String, _ service: Service, _ placement: Placement) throws -> RenderedService {
        let context = context(name, placement)
        var lines = LineRenderer()
        let run = try service.run.enumerated().map { try lines.render($1, "services.\(name).run[\($0)]", context) }
        let environment = try service.environment.sorted { $0.key < $1.key }
            .map { ($0.key, try lines.render($0.value, "services.\(name).env.\($0.key)", context)) }
        var health = service.health
        for index in health.indices {
            if case .exec(let command) = health[index].probe {
                let place = "services.\(name).health[\(index)].exec"
                health[index].probe = .exec(command: try command.map { try lines.render($0, place, context) })
            }
        }
        let texts = try renderConfig(of: service, placement, &lines)
        guard lines.problems.isEmpty else { throw ConfigurationError.template(lines.problems) }
        let unit = SlotUnit(
            service: service,
            context: unitContext(
                name, service, placement, run: run, Dictionary(uniqueKeysWithValues: environment), texts.sensitive))
        let checks = try texts.checks.map {
            ConfigCheck(
                config: $0.config, service: name, task: try unit.check($0.argv),
                isSensitive: texts.sensitive[$0.config] != nil)
        }
        return RenderedService(
            unit: try unit.unitText().text, slice: try unit.slice(), config: texts.files, sensitive: texts.sensitive,
            target: try unit.healthTarget(addresses: placements.addresses, hasIPv6: hasIPv6, checks: health),
            checks: checks)
    }

    /// What a service or a job reads: config files, those of them that hold secrets, and the programs that check them.
    struct ConfigTexts {
        var files: [String: [UInt8]] = [:]
        var sensitive: [String: [UInt8]] = [:]
        var checks: [(config: String, argv: [String])] = []
    }

    func renderConfig(of service: Service, _ placement: Placement, _ lines: inout LineRenderer) throws -> ConfigTexts {
        var texts = ConfigTexts()
        for file in service.config {
            guard let template = manifest.config[file] else { continue }
            let owner = TemplateContext.owner(ofConfig: file, in: manifest)
            let text = try source.read(template.template)
            if template.isSensitive {
                let access = secretContents?.access ?? .refused
                texts.sensitive[file] = try lines.render(file: file, text, self.context(owner, placement), access)
            } else {
                texts.files[file] = try lines.render(file: file, text, self.context(owner, placement))
            }
            guard !template.check.isEmpty else { continue }
            let place = template.isSensitive ? "\(placement.checkCredentials)/\(file)" : (placement.config / file).text
            let checking = self.context(owner, placement, file: place)
            texts.checks.append(
                (file, try template.check.map { try lines.render($0, "config.\(file).check", checking) }))
        }
        return texts
    }

    func unitContext(
        _ name: String, _ service: Service, _ placement: Placement, run: [String], _ environment: [String: String],
        _ sensitive: [String: [UInt8]]
    ) -> UnitContext {
        let secrets = service.secrets.map(\.id).filter(placements.settings.secrets.contains)
        var unit = UnitContext(
            product: manifest.name, service: name, slot: placement.slot, run: run, environment: environment,
            release: placement.release, config: placement.config, state: placement.state,
            secrets: Dictionary(uniqueKeysWithValues: secrets.map { ($0, placements.layout.secret($0)) }),
            credentials: sensitive.reduce(into: [:]) {
                $0[$1.key] = secretContents?.path(of: $1.key, saying: $1.value)
            },
            recreateServices: Set(manifest.services.filter { $0.value.strategy == .recreate }.keys),
            imageID: service.image.flatMap { manifest.images[$0] }.map(imageID),
            steering: PortSteering(service, slot: placement.slot, addresses: placements.addresses),
            startTimeout: manifest.cutover.healthTimeout)
        unit.runtime = placements.runtime?.runtime ?? .podman
        return unit
    }

    private func imageID(_ image: Image) -> Digest {
        DockerImages.id(of: image, byManifest: placements.runtime?.namesManifests ?? false)
    }

    /// What templates may know of this host (docs/values.md).
    private func facts(_ placement: Placement, _ moment: Job.Moment?) -> SlotFacts {
        let there = manifest.services.map { ($0.key, placements.placement(of: $0.key, $0.value, place: "-")) }
        let all = Dictionary(uniqueKeysWithValues: there)
        return SlotFacts(
            slot: placement.slot, bin: (placement.release / "bin").text, share: (placement.release / "share").text,
            config: placement.config.text, host: host,
            listen: all.mapValues {
                $0.endpoints.mapValues { SlotFacts.Listen(endpoint: $0.v4, endpoint6: hasIPv6 ? $0.v6 : nil) }
            },
            addresses: moment == .public ? stablePorts(all) : addresses(all, seenFrom: placement),
            state: all.mapValues { $0.state.mapValues(\.text) }, credentials: all.mapValues(\.credentials),
            secretsPresent: placements.settings.secrets)
    }

    /// The same slot's copy, or the stable port: of a recreate service its own address, which never changes; of another,
    /// seen by a recreate service, the port on loopback that always leads to the active slot.
    private func addresses(_ all: [String: Placement], seenFrom placement: Placement) -> [String: [String: Endpoint]] {
        all.mapValues { other in
            guard placement.slot == nil, other.slot != nil else { return other.endpoints.mapValues(\.v4) }
            return other.ports.mapValues { Endpoint(address: "127.0.0.1", port: $0) }
        }
    }

    /// What a job at `public` is told: the ports that clients use, on this machine.
    private func stablePorts(_ all: [String: Placement]) -> [String: [String: Endpoint]] {
        Dictionary(
            uniqueKeysWithValues: all.map { name, placement in
                let declared = manifest.services[name]?.ports ?? [:]
                let ports = placement.endpoints.map { port, endpoints in
                    declared[port]?.expose == .slot
                        ? (port, endpoints.v4)
                        : (port, Endpoint(address: "127.0.0.1", port: placement.ports[port] ?? endpoints.v4.port))
                }
                return (name, Dictionary(uniqueKeysWithValues: ports))
            })
    }

    func context(_ service: String?, _ placement: Placement, file: String? = nil, moment: Job.Moment? = nil) -> Value {
        TemplateContext.make(
            manifest: manifest, values: placements.settings.values, service: service, slot: facts(placement, moment),
            file: file)
    }
}
