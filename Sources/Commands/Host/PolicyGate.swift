// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import HostRecords
import HostSystem
import Installer
import Reporting
import Trust

/// Holds a proven release against the policy of this host: collects approvals and receipts, lets `Trust` decide, says what
/// it decided.
struct PolicyGate {
    let policy: HostPolicy
    /// The newest one that this host believes.
    let root: TrustRoot?
    let options: PolicyOptions
    let layout: HostLayout
    let clock: SystemClock
    let console: Console

    /// - Throws: `PolicyFileError` for a policy that is not understood; what reading the trust roots throws.
    init(_ options: PolicyOptions, _ layout: HostLayout, _ session: HostSession) throws {
        policy = try PolicyFile.load()
        root = try HostTrust.load()?.chain.newest.root
        self.options = options
        self.layout = layout
        clock = session.clock
        console = session.console
    }

    /// - Parameter medium: the bundle's path; nil for a release that this host holds.
    func judge(
        _ proof: SignatureVerdict, _ source: any ReleaseSource, medium: HostPath?
    ) throws -> (verdict: PolicyVerdict, evidence: PolicyEvidence) {
        let evidence = try PolicyEvidence.collect(
            options, proof.release, digest: source.digest, medium: medium, kept: layout.evidence(source.directory),
            hosts: root?.keyring(for: .host) ?? Keyring(keys: []))
        for line in evidence.skipped { console.warn(line) }
        let now = clock.wallSeconds()
        let known = [
            source.manifest.created.flatMap { UTCSeconds.read($0) },
            try StateStore(layout: layout).load()?.active?.since,
        ]
        let offered = PolicyCase(
            release: proof.release, digest: source.digest, signers: proof.established.map(\.fingerprint),
            approvals: evidence.approvals.map { .init(name: $0.file, signature: $0.signature) },
            witnesses: Set(evidence.witnesses.map(\.host)),
            now: UTCSeconds.text(now),
            clockIsBelievable: BelievableTime(now: now, after: known.compactMap(\.self)).isBelievable)
        var overriding = Set(options.overrides)
        // Whoever let an unsigned bundle in by its digest has overridden how many must have signed it.
        if proof.override != nil { overriding.insert(.signatures) }
        return (policy.judge(offered, by: root, overriding: overriding), evidence)
    }

    /// Lets a release in, or refuses it with every rule that does not hold.
    /// - Parameter later: rules that are asked again before anything changes.
    func admit(
        _ proof: SignatureVerdict, _ source: any ReleaseSource, medium: HostPath?, later: Set<PolicyRule> = []
    ) throws -> PolicyVerdict {
        let (verdict, evidence) = try judge(proof, source, medium: medium)
        let refusals = verdict.refusals.filter { !later.contains($0.rule) }
        guard refusals.isEmpty else { throw PolicyRefusal(faults: refusals) }
        say(verdict)
        try evidence.keep(in: layout.evidence(source.directory))
        return verdict
    }

    /// For a plan: nothing is refused, and what would be is said.
    func announce(_ proof: SignatureVerdict, _ source: any ReleaseSource, medium: HostPath?) throws {
        let verdict = try judge(proof, source, medium: medium).verdict
        say(verdict)
        let signers = proof.established.map(\.fingerprint.hex).joined(separator: ", ")
        let believed = root.map { ", believed by trust root \($0.number)" } ?? ""
        console.say("signed by \(signers.isEmpty ? "nobody who is believed" : signers)\(believed)")
        if !verdict.approvers.isEmpty {
            console.say("approved by \(verdict.approvers.map(\.hex).joined(separator: ", "))")
        }
        if !verdict.witnesses.isEmpty {
            console.say("good on other hosts: \(verdict.witnesses.map(\.hex).joined(separator: ", "))")
        }
        for fault in verdict.refusals {
            console.warn("install would refuse by this host's policy: \(fault.words)\n  \(fault.hint)")
        }
    }

    /// Whether a release older than the newest that was good here may come in: the operator said so, and the policy lets them.
    func letsFloorSink() throws -> Bool {
        guard options.overrides.contains(.downgrade) else { return false }
        guard policy.downgrade == .reason else { throw PolicyRefusal(faults: [.downgradeNever]) }
        return true
    }

    private func say(_ verdict: PolicyVerdict) {
        for fault in verdict.warnings { console.warn(code: fault.code, fault.words) }
        for fault in verdict.overridden { console.warn("overridden (\(fault.rule.rawValue)): \(fault.words)") }
    }
}

/// Rules of the policy that refuse a release, all of them.
struct PolicyRefusal: Error, Equatable {
    let faults: [PolicyFault]
}
