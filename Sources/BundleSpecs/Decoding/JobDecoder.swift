// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Decodes one job. Keys that it shares with services are decoded by theirs.
struct JobDecoder {
    let section: Section
    let declared: Declarations
    /// Those of the release, for `like`.
    let services: [String: Service]

    private var shared: ServiceDecoder {
        ServiceDecoder(section: section, declared: declared, cutover: CutoverSettings())
    }

    func decode() -> Job {
        let like = section.text("like")
        if let like { declared.check(like, .service, at: section.place(of: "like")) }
        let model = like.flatMap { services[$0] }
        let own = shared.command()
        let image = section.text("image", .identifier)
        if let image { declared.check(image, .image, at: section.place(of: "image")) }
        // What is not said here is as the service that it is like has it.
        var job = Job(
            like: like, run: section.has("run") || section.has("args") ? own : model?.run ?? [],
            image: section.has("image") ? image : model?.image, at: moments())
        job.after = shared.dependencies()
        job.config =
            section.has("config")
            ? section.texts("config").filter { declared.check($0.text, .config, at: $0.place) }.map(\.text)
            : model?.config ?? []
        job.environment = section.has("env") ? shared.environment() : model?.environment ?? [:]
        job.secrets = section.has("secrets") ? shared.secrets() : model?.secrets ?? []
        job.limits = ServiceDecoder.limits(section.section("limits", .limits))
        job.sandbox =
            section.has("sandbox")
            ? ServiceDecoder.sandbox(section.section("sandbox", .sandbox)) : model?.sandbox ?? Sandbox()
        job.roles = section.has("roles") ? shared.roles() : model?.roles ?? []
        job.once = section.text("once")
        job.data = section.choice("data", Job.DataChange.self)
        job.timeout = section.span("timeout", least: 1000) ?? job.timeout
        check(job, model)
        return job
    }

    /// One, or a list; kept in the order in which a deployment comes to them.
    private func moments() -> [Job.Moment] {
        if section.has("at") == section.has("schedule") {
            let both: SpecProblem.Contradiction =
                section.has("at") ? .bothGiven("at", "schedule") : .noneGiven(["at", "schedule"])
            section.report("", .contradiction(path: section.path, both))
        }
        _ = section.text("schedule")
        guard let node = section["at"] else { return [] }
        let texts = node.sequence == nil ? section.text("at").map { [($0, node.place)] } ?? [] : section.texts("at")
        if node.sequence?.isEmpty == true {
            section.report("at", .contradiction(path: section.path, .noneGiven(JobDecoder.moments)))
        }
        let found = texts.compactMap { text, place -> Job.Moment? in
            if let moment = Job.Moment(rawValue: text) { return moment }
            section.ledger.report(
                place,
                JobDecoder.later.contains(text)
                    ? .notBuiltYet(key: "\(section.below("at")): \(text)")
                    : .badText(path: section.below("at"), text: text, expected: .oneOf(JobDecoder.moments)))
            return nil
        }
        return Job.Moment.allCases.filter(found.contains)
    }

    private static let later = ["backup", "manual"]
    private static let moments = Job.Moment.allCases.map(\.rawValue) + later

    private func check(_ job: Job, _ model: Service?) {
        if job.at.contains(.held), model?.strategy != .recreate {
            section.report("at", .contradiction(path: section.path, .heldWithoutRecreate))
        }
        if job.data == .irreversible, !job.at.isEmpty, job.at != [.held], job.at != [.public] {
            section.report("data", .contradiction(path: section.path, .irreversibleTooEarly))
        }
        if job.at.contains(.held), let hold = model?.hold, section.has("timeout"), job.timeout >= hold {
            section.report(
                "timeout", .timing(path: section.path, .jobOutlastsHold(job: job.timeout, hold: hold)))
        }
    }
}
