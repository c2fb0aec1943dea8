// SPDX-License-Identifier: Apache-2.0

/// What the manifest says of one job, held against the rest of it (format §7.7).
enum JobRules {
    static func check(_ name: String, _ job: Job, _ manifest: Manifest) throws(ManifestFault) {
        let place = "jobs.\(name)"
        // Services and jobs share the names of units.
        guard ReleaseName(name) != nil, manifest.services[name] == nil else { throw .badName(at: "jobs", name) }
        try References(manifest: manifest, place: place).check(
            image: job.image, config: job.config, secrets: job.secrets, after: job.after, roles: job.roles)
        guard !(job.run.isEmpty && job.image == nil) else { throw .contradiction(at: place + ".run") }
        try ServiceRules.checkEnvironment(job.environment, place)
        try ServiceRules.checkLimits(job.limits, place)
        guard job.timeout.milliseconds > 0 else { throw .badNumber(at: place + ".timeout") }
        guard Grammar.isLine(job.once ?? "x"), job.once != "" else { throw .badText(at: place + ".once") }
        let order = Job.Moment.allCases.filter(job.at.contains)
        guard !job.at.isEmpty, job.at == order else { throw .notSorted(at: place + ".at") }
        if let like = job.like, manifest.services[like] == nil { throw .unknownReference(at: place + ".like", like) }
        if job.at.contains(.held) {
            // Something has to be stopped for it, and started behind it.
            guard let like = job.like, manifest.services[like]?.strategy == .recreate else {
                throw .contradiction(at: place + ".like")
            }
        }
        // The old release still works on the data at the other moments.
        if job.data == .irreversible, job.at != [.held], job.at != [.public] {
            throw .contradiction(at: place + ".data")
        }
    }
}
