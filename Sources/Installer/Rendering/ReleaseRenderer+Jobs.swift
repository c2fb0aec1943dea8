// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration
import HostSystem

extension ReleaseRenderer {
    /// One run of a job: a unit of its own that systemd starts once.
    func render(_ name: String, _ job: Job, at moment: Job.Moment) throws -> RenderedService {
        let placement = placements.placement(ofJob: name, job, at: moment)
        let service = stand(in: job)
        let context = context(job.like, placement, moment: moment)
        var lines = LineRenderer()
        let run = try job.run.enumerated().map { try lines.render($1, "jobs.\(name).run[\($0)]", context) }
        let environment = try job.environment.sorted { $0.key < $1.key }
            .map { ($0.key, try lines.render($0.value, "jobs.\(name).env.\($0.key)", context)) }
        let texts = try renderConfig(of: service, placement, &lines)
        guard lines.problems.isEmpty else { throw ConfigurationError.template(lines.problems) }
        var unitContext = unitContext(
            placement.service, service, placement, run: run, Dictionary(uniqueKeysWithValues: environment),
            texts.sensitive)
        unitContext.isJob = true
        unitContext.startTimeout = job.timeout
        let unit = SlotUnit(service: service, context: unitContext)
        return RenderedService(
            unit: try unit.unitText().text, slice: try unit.slice(), config: texts.files, sensitive: texts.sensitive,
            target: HealthTarget(service: name, unit: placement.unit, ports: [:], checks: []), checks: [])
    }

    /// A job as the writers of units see it: a service without ports, in the slot.
    private func stand(in job: Job) -> Service {
        let state = job.like.flatMap { manifest.services[$0]?.state } ?? []
        return Service(
            run: job.run, image: job.image, after: job.after, config: job.config, environment: job.environment,
            secrets: job.secrets, state: state, sharedState: true, strategy: .blueGreen, limits: job.limits,
            sandbox: job.sandbox)
    }

    /// All runs of all jobs, by unit.
    func renderJobs(into rendered: inout RenderedRelease) throws -> [TemplateProblem] {
        var problems: [TemplateProblem] = []
        for (name, job) in manifest.jobs.sorted(by: { $0.key < $1.key }) {
            for moment in job.at {
                do {
                    let one = try render(name, job, at: moment)
                    rendered.units[placements.placement(ofJob: name, job, at: moment).unit] = one.unit
                    if let slice = one.slice { rendered.units[slice.name] = slice.text }
                    for (file, bytes) in one.sensitive {
                        if let path = secretContents?.path(of: file, saying: bytes) {
                            rendered.credentials[path] = bytes
                        }
                    }
                    rendered.slotConfig.merge(one.config) { first, _ in first }
                } catch ConfigurationError.template(let found) {
                    problems += found
                }
            }
        }
        return problems
    }
}
