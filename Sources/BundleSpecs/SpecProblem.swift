// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import YAMLDocuments

/// One thing that is wrong in a spec or in a site's document, with its place. All of a document's come at once.
package struct SpecProblem: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// A key that the mapping at `path` does not have.
        case unknownKey(String, path: String, nearest: String?)
        case missingKey(String, path: String)
        /// `found` is the YAML type: `mapping`, `list`, `null`, `boolean`, `integer`, `number`, `text`.
        case wrongType(path: String, expected: Expectation, found: String)
        case badText(path: String, text: String, expected: Expectation)
        case outOfRange(path: String, number: Int, range: ClosedRange<Int>)
        /// Something that may be there once.
        case duplicate(Declared, name: String, first: Place)
        case unknownReference(Declared, name: String, nearest: String?)
        /// Services that wait for each other, in a circle.
        case cycle([String])
        case contradiction(path: String, Contradiction)
        case timing(path: String, Timing)
        case advice(path: String, Advice)
        /// A key, or a value of one, that this version checks but cannot do.
        case notBuiltYet(key: String)
        /// Named by the spec, not found by the caller that looked.
        case missingFile(String)
    }

    package let place: Place
    package let kind: Kind

    package init(_ place: Place, _ kind: Kind) {
        self.place = place
        self.kind = kind
    }

    /// Whether it only advises: the spec works, but hardly as meant.
    package var isAdvice: Bool {
        switch kind {
        case .timing(_, .stopOutlastsHold), .timing(_, .bakeTooShort), .timing(_, .jobOutlastsHold): true
        case .advice: true
        default: false
        }
    }
}

extension SpecProblem {
    /// What a value must look like.
    package enum Expectation: Equatable, Sendable {
        case mapping, list, text, texts, integer, boolean, dependency, secretUse
        case name, identifier, variable, line, argument
        case oneOf([String])
        /// `250ms`, `20s`, `10m`, `2h`, `30d`.
        case timeSpan
        /// `512M`, `2G`, bytes.
        case byteCount
        /// `200%`.
        case percentage
        /// `>=1.2.0`, `>=247`.
        case lowerBound
        case digest
        /// `HOST/NAME:TAG@sha256:…`.
        case imageReference
        case sourcePath
        case releasePath
        case absolutePath
        /// A directory that may be given to a service for its own.
        case stateDirectory
        /// An IP address or a host name.
        case hostAddress
        case signal
        /// `5`, `0.25`, `150%`.
        case quantity
        /// `name{label="value"}`.
        case sample
        /// A DNS name.
        case hostName
        /// `999`, `999:998`.
        case containerUser
        /// `SERVICE.PORT`.
        case dottedName
        /// `values.NAME`.
        case valueName
        /// `10.9.0.0/24`, `2001:db8::/32`, one address.
        case addressRange
        /// 32 hexadecimal digits of a key.
        case fingerprint
    }

    /// Things that a spec declares and refers to.
    package enum Declared: String, Equatable, Sendable {
        case service, job, config, secret, image, port, network, role, state
        case destination, stablePort, slotPort, containerPort, listItem
        case sandboxException, architecture
    }

    /// Two things that cannot both hold.
    package enum Contradiction: Equatable, Sendable {
        case bothGiven(String, String)
        case noneGiven([String])
        /// `key` means nothing without the other.
        case needs(key: String, other: String)
        /// Two copies would write the same state at once.
        case blueGreenOverState
        case holdWithoutRecreate
        /// A job `at: held` that is not like a recreate service.
        case heldWithoutRecreate
        /// The old release still works on the data at these moments.
        case irreversibleTooEarly
        /// A service or a job may only wait for jobs that run at `start`.
        case waitsForLaterJob(String)
        case mountWithoutImage
        case imageStateWithoutMount
        /// A directive that the program writes itself, or that would undo the sandbox.
        case reservedDirective(String)
        case secretIsNoVariable(String)
        case certificateForItself
        /// A sensitive config file and a secret of one name would be one file.
        case credentialTwice(String)
        /// A sensitive config file is looked for where the plain ones are.
        case sensitiveElsewhere(String, service: String)
    }

    /// What works, but hardly as meant.
    package enum Advice: Equatable, Sendable {
        /// Neither a port nor a check: all that is ever asked is whether it runs.
        case unobserved
        /// `$NAME` in a command: there is no shell that would put a value there.
        case unexpanded(String)
        /// `{{` in a text that is no template.
        case noTemplate
    }

    /// Times that do not add up.
    package enum Timing: Equatable, Sendable {
        /// Passes in a row take longer than `cutover.health-timeout`.
        case healthNeverInTime(needs: TimeSpan, has: TimeSpan)
        /// Stopping alone may take longer than clients are held: the old one would come back.
        case stopOutlastsHold(stop: TimeSpan, hold: TimeSpan)
        /// Healthy only after the hold is over: the old one would always come back.
        case healthOutlastsHold(needs: TimeSpan, hold: TimeSpan)
        /// `cutover.health-timeout` ends the wait before the check's own deadline.
        case deadlineTooLate(deadline: TimeSpan, has: TimeSpan)
        /// As many misses in a row as it wants passes do not fit into the bake.
        case bakeTooShort(needs: TimeSpan, has: TimeSpan)
        /// An increase per span that the bake is too short to see.
        case windowPastBake(per: TimeSpan, has: TimeSpan)
        /// A job that runs while clients are held may take as long as they are held at most.
        case jobOutlastsHold(job: TimeSpan, hold: TimeSpan)
    }
}

extension SpecProblem: Comparable {
    package static func < (left: SpecProblem, right: SpecProblem) -> Bool { left.place < right.place }
}

/// Everything that is wrong with one document, in the order of its text.
package struct SpecProblems: Error, Equatable, Sendable {
    package let problems: [SpecProblem]

    package init(_ problems: [SpecProblem]) { self.problems = problems.sorted() }
}
