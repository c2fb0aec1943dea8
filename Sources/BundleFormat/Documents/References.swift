// SPDX-License-Identifier: Apache-2.0

/// Names that a service or a job of a manifest refers to; each must be declared (format §7.6).
struct References {
    let manifest: Manifest
    let place: String

    func check(image: String?, config: [String], secrets: [SecretUse], after: [Dependency], roles: [String])
        throws(ManifestFault)
    {
        if let image, manifest.images[image] == nil { throw .unknownReference(at: place + ".image", image) }
        for name in config where manifest.config[name] == nil {
            throw .unknownReference(at: place + ".config", name)
        }
        for use in secrets where manifest.secrets[use.id] == nil {
            throw .unknownReference(at: place + ".secrets", use.id)
        }
        for role in roles where manifest.roles[role] == nil { throw .unknownReference(at: place + ".roles", role) }
        for dependency in after {
            switch dependency {
            case .service(let name):
                guard manifest.services[name] != nil else { throw .unknownReference(at: place + ".after", name) }
            case .job(let name):
                guard manifest.jobs[name]?.at.contains(.start) == true else {
                    throw .unknownReference(at: place + ".after", name)
                }
            case .unit(let name):
                guard Grammar.isLine(name), !name.isEmpty else { throw .badText(at: place + ".after") }
            }
        }
    }
}
