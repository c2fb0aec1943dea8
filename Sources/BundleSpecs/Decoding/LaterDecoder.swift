// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Checks the parts of a spec that no version builds yet, so that what is written today holds tomorrow.
struct LaterDecoder {
    let root: Section
    let declared: Declarations
    let ledger: ProblemLedger

    func check() {
        _ = root.texts("include")
        for key in ["roles", "networks"] {
            for pair in root.entries(key) where pair.value.string == nil {
                ledger.wrongType(pair.value, "\(key).\(pair.name)", .text)
            }
        }
        for pair in root.entries("packages", grammar: .line) {
            for path in pair.value.sequence ?? [] { _ = SourcePath.decode(path, "packages.\(pair.name)", ledger) }
            if pair.value.sequence == nil { ledger.wrongType(pair.value, "packages.\(pair.name)", .list) }
        }
        let kubernetes = root.section("kubernetes", .kubernetes)
        _ = kubernetes.path("kustomize")
        _ = kubernetes.texts("helm")
        _ = kubernetes.text("namespace", .identifier)
        for pair in root.entries("jobs", grammar: .name) {
            checkJob(Section(pair.value, .job, path: "jobs.\(pair.name)", ledger, fallback: pair.key.place))
        }
    }

    private enum Moment: String, CaseIterable {
        case start, held, idle, `public`, backup, manual
    }

    private enum DataChange: String, CaseIterable {
        case expand, irreversible
    }

    private func checkJob(_ job: Section) {
        if let like = job.text("like") { declared.check(like, .service, at: job.place(of: "like")) }
        if let image = job.text("image") { declared.check(image, .image, at: job.place(of: "image")) }
        if job.place != root.place, !job.has("run"), !job.has("like"), !job.has("image") {
            job.report("", .contradiction(path: job.path, .noneGiven(["run", "like", "image"])))
        }
        _ = job.command("run")
        _ = job.command("args")
        for node in job["after"] == nil ? [] : job.elements("after") {
            if let name = node.string, !declared.contains(name, .job) {
                declared.check(name, .service, at: node.place)
            }
        }
        for (name, place) in job.texts("config") { declared.check(name, .config, at: place) }
        for (role, place) in job.texts("roles") { declared.check(role, .role, at: place) }
        _ = job.entries("env", grammar: .variable)
        _ = ServiceDecoder(section: job, declared: declared, cutover: CutoverSettings()).secrets()
        _ = ServiceDecoder.limits(job.section("limits", .limits))
        _ = ServiceDecoder.sandbox(job.section("sandbox", .sandbox))
        checkMoment(job)
        _ = job.text("once")
        _ = job.choice("data", DataChange.self)
        _ = job.span("timeout")
    }

    private func checkMoment(_ job: Section) {
        _ = job.text("schedule")
        if job.has("at") == job.has("schedule") {
            let contradiction: SpecProblem.Contradiction =
                job.has("at") ? .bothGiven("at", "schedule") : .noneGiven(["at", "schedule"])
            job.report("", .contradiction(path: job.path, contradiction))
        }
        guard job["at"]?.sequence != nil else {
            _ = job.choice("at", Moment.self)
            return
        }
        for (text, place) in job.texts("at") where Moment(rawValue: text) == nil {
            let expected = SpecProblem.Expectation.oneOf(Moment.allCases.map(\.rawValue))
            ledger.report(place, .badText(path: job.below("at"), text: text, expected: expected))
        }
    }
}
