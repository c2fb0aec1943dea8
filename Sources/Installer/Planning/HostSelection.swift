// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Configuration

/// What of a release belongs to this host: services and jobs by role and condition, and what they use (docs/values.md).
package struct HostSelection {
    package let manifest: Manifest
    package let settings: SiteSettings

    package init(manifest: Manifest, settings: SiteSettings) {
        self.manifest = manifest
        self.settings = settings
    }

    /// The manifest without what does not run here. The release digest is that of the whole one.
    /// - Throws: `SelectionProblems`, all at once.
    package func chosen() throws(SelectionProblems) -> Manifest {
        var problems: [SelectionProblem] = []
        if settings.roles == nil, manifest.services.values.contains(where: { !$0.roles.isEmpty }) {
            problems.append(.rolesNotSaid(known: manifest.roles.keys.sorted()))
        }
        var here = manifest
        here.services = manifest.services.filter { name, service in
            guard isHere(service.roles) else { return false }
            guard let value = service.when else { return true }
            guard let found = lookUp(value), case .bool(let isOn) = found else {
                problems.append(.conditionNotBoolean(service: name, value: value))
                return false
            }
            return isOn
        }
        here.jobs = manifest.jobs.filter { _, job in
            isHere(job.roles) && job.like.map { here.services[$0] != nil } ?? true
        }
        for network in networks(here) where settings.networks[network]?.isEmpty ?? true {
            problems.append(.networkNotSaid(network, about: manifest.networks[network] ?? ""))
        }
        guard problems.isEmpty else { throw SelectionProblems(problems: problems) }
        leaveOutUnused(&here)
        return here
    }

    private func isHere(_ roles: [String]) -> Bool {
        roles.isEmpty || roles.contains { settings.roles?.contains($0) ?? false }
    }

    private func lookUp(_ name: String) -> Value? {
        name.split(separator: ".").reduce(settings.values as Value?) { value, key in
            guard case .map(let map)? = value else { return nil }
            return map[String(key)]
        }
    }

    private func networks(_ here: Manifest) -> [String] {
        let used = here.services.values.flatMap(\.ports.values).compactMap { port -> String? in
            if case .network(let name) = port.expose { name } else { nil }
        }
        return Set(used).sorted()
    }

    /// Neighbours that are elsewhere are not waited for; images and secrets of theirs are not asked for.
    private func leaveOutUnused(_ here: inout Manifest) {
        let names = Set(here.services.keys).union(here.jobs.keys)
        let stays: (Dependency) -> Bool = { $0.name.map(names.contains) ?? true }
        here.services = here.services.mapValues { service in
            var service = service
            service.after = service.after.filter(stays)
            return service
        }
        here.jobs = here.jobs.mapValues { job in
            var job = job
            job.after = job.after.filter(stays)
            return job
        }
        let images = here.services.values.compactMap(\.image) + here.jobs.values.compactMap(\.image)
        here.images = here.images.filter { images.contains($0.key) }
        let all = manifest.services.values.flatMap(\.secrets) + manifest.jobs.values.flatMap(\.secrets)
        let used = here.services.values.flatMap(\.secrets) + here.jobs.values.flatMap(\.secrets)
        for id in Set(all.map(\.id)).subtracting(used.map(\.id)) { here.secrets[id]?.required = false }
    }
}

/// Why it cannot be said what of a release belongs to a host.
package enum SelectionProblem: Equatable, Sendable {
    /// The release has roles, and `host.yaml` says none.
    case rolesNotSaid(known: [String])
    /// `when:` names a value that is not there, or is neither true nor false.
    case conditionNotBoolean(service: String, value: String)
    /// A port is for a network of which `host.yaml` does not say where it is.
    case networkNotSaid(String, about: String)
}

package struct SelectionProblems: Error, Equatable, Sendable {
    package let problems: [SelectionProblem]
}
