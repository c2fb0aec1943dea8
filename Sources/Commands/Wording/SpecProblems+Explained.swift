// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import YAMLDocuments

extension SpecProblems: Explained {
    /// One line for each problem, so that all of them are mended in one go.
    var explanation: Explanation {
        let lines = problems.map { "\($0.place): \($0.words)" }
        let message = lines.count == 1 ? lines[0] : "\(lines.count) problems\n" + lines.joined(separator: "\n")
        let onlyLater = problems.allSatisfy { if case .notBuiltYet = $0.kind { true } else { false } }
        let hint =
            onlyLater
            ? "the spec is right, but this version of bundle cannot do that yet"
            : "`bundle lint` checks a spec; docs/spec.md says what every key means"
        return Explanation(message, hint: hint, status: .specWrong)
    }
}

extension SpecProblem {
    var words: String {
        switch kind {
        case .unknownKey(let key, let path, let nearest):
            "unknown key \(key)\(path.isEmpty ? "" : " in \(path)")\(SpecProblem.meant(nearest))"
        case .missingKey(let key, let path): "\(path.isEmpty ? "the spec" : path) needs \(key)"
        case .wrongType(let path, let expected, let found):
            "\(path.isEmpty ? "the document" : path) must be \(expected.words), and is \(SpecProblem.article(found))"
        case .badText(let path, let text, let expected): "\(path): \"\(text)\" is not \(expected.words)"
        case .outOfRange(let path, let number, let range):
            range.count == 1
                ? "\(path): this version reads \(range.lowerBound), not \(number)"
                : "\(path): \(number) is outside \(range.lowerBound) to \(range.upperBound)"
        case .duplicate(let declared, let name, let first):
            "\(declared.words) \(name) is there already, at line \(first.line)"
        case .unknownReference(let declared, let name, let nearest):
            "no \(declared.words) is called \(name)\(SpecProblem.meant(nearest))"
        case .cycle(let names): "\(names.joined(separator: ", ")) wait for each other, so none can start"
        case .contradiction(let path, let contradiction):
            "\(path.isEmpty ? "the spec" : path): \(contradiction.words)"
        case .timing(let path, let timing): "\(path): \(timing.words)"
        case .advice(let path, let advice): "\(path.isEmpty ? "the spec" : path): \(advice.words)"
        case .notBuiltYet(let key): "\(key) is not built yet"
        case .missingFile(let path): "\(path) is not there"
        }
    }

    private static func meant(_ nearest: String?) -> String { nearest.map { "; did you mean \($0)?" } ?? "" }

    private static func article(_ type: String) -> String {
        switch type {
        case "null": "empty"
        case "text": "text"
        case "integer": "an integer"
        default: "a \(type)"
        }
    }
}

extension SpecProblem.Declared {
    fileprivate var words: String {
        switch self {
        case .config: "config file"
        case .destination: "the path"
        case .stablePort: "the port"
        case .slotPort: "inside a slot, the port"
        case .containerPort: "inside the container, the port"
        case .listItem: "the entry"
        case .sandboxException: "exception of the sandbox"
        case .state: "state directory"
        case .service, .job, .secret, .image, .port, .network, .role, .architecture: rawValue
        }
    }
}

extension SpecProblem.Expectation {
    fileprivate var words: String {
        switch self {
        case .mapping: "a mapping"
        case .list: "a list"
        case .text: "text"
        case .texts: "a list of texts: [program, argument]"
        case .integer: "an integer"
        case .boolean: "true or false"
        case .dependency: "a service's name or { unit: NAME }"
        case .secretUse: "a secret's ID or { ID: env }"
        case .name: "a name: a small letter, then at most 24 of a-z, 0-9 and -, and not bundle"
        case .identifier: "a name: a letter, digit or _, then at most 63 of those and . and -"
        case .variable: "the name of a variable: letters, digits and _, no digit first"
        case .line: "one line of text"
        case .argument: "an argument: text or a number"
        case .oneOf(let choices): choices.count == 1 ? choices[0] : "one of \(choices.joined(separator: ", "))"
        case .timeSpan: "a time such as 250ms, 20s, 10m, 2h or 30d"
        case .byteCount: "a size such as 512M, 2G or a number of bytes"
        case .percentage: "a percentage such as 200%"
        case .lowerBound: "a lower bound such as \">=1.2.0\""
        case .digest: "a digest: sha256: and 64 digits of lower-case hexadecimal; or pending"
        case .imageReference:
            "a whole name such as docker.io/library/redis:7@sha256:…, or containers-storage:NAME or docker-daemon:NAME"
        case .sourcePath: "a path; {{ arch }} is all that may vary in it"
        case .releasePath: "a path that a release may have: printable ASCII, no \\ \" * ? < > |, no .."
        case .absolutePath: "an absolute path"
        case .stateDirectory: "a directory that can be given to a service: absolute, and none of the system's own"
        case .fingerprint: "a key's fingerprint, 32 hexadecimal digits"
        case .hostAddress: "an IP address or a host name"
        case .signal: "a signal such as SIGTERM"
        case .quantity: "a number such as 5, 0.25 or, of the old slot's, 150%"
        case .sample: "a sample such as http_requests_total{code=\"500\"}"
        case .hostName: "a host name"
        case .containerUser: "a user as the image's numbers: \"999\" or \"999:998\", from 1 to 65533"
        case .dottedName: "of the form SERVICE.NAME"
        case .valueName: "the name of a value, such as values.gateway.enabled"
        case .addressRange: "a range of addresses such as 10.9.0.0/24 or 2001:db8::/32"
        }
    }
}

extension SpecProblem.Contradiction {
    fileprivate var words: String {
        switch self {
        case .bothGiven(let one, let other): "\(one) and \(other) exclude each other"
        case .noneGiven(let keys):
            keys.count == 1 ? "there are no \(keys[0])" : "it needs one of \(keys.joined(separator: ", "))"
        case .needs(let key, let other): "\(key) means nothing without \(other)"
        case .blueGreenOverState:
            "blue-green would let two copies write the same state; say shared: true if they may, or strategy: recreate"
        case .holdWithoutRecreate: "hold is for services with strategy: recreate; a blue-green one keeps nobody waiting"
        case .heldWithoutRecreate:
            "a job at: held runs between two copies of a service that runs once; say which: like: SERVICE"
        case .irreversibleTooEarly:
            "the old release still works on the data then; irreversible needs at: held or at: public"
        case .waitsForLaterJob(let job): "it waits for the job \(job), which does not run at: start"
        case .mountWithoutImage: "only an image has a path to mount at; a program asks for {{ state.NAME }}"
        case .imageStateWithoutMount: "an image needs to know where: state: { NAME: /path/in/the/image }"
        case .reservedDirective(let name): "\(name) is bundle's own to say"
        case .secretIsNoVariable(let id): "\(id) cannot be the name of a variable"
        case .certificateForItself: "a certificate is one secret and its private key another"
        case .sensitiveElsewhere(let name, let service):
            "\(name) is sensitive, so it is {{ credentials.\(service) }}/\(name) and not below {{ config }}"
        case .credentialTwice(let name): "the secret \(name) would be the same file; rename one of them"
        }
    }
}

extension SpecProblem.Advice {
    fileprivate var words: String {
        switch self {
        case .unobserved:
            "without ports and health nobody reaches it, and all that is asked is whether it stays up for 5 s"
        case .unexpanded(let name): "\(name) stays as it is: there is no shell; write {{ … }}, or run one"
        case .noTemplate: "{{ stays as it is: this text is no template"
        }
    }
}

extension SpecProblem.Timing {
    fileprivate var words: String {
        switch self {
        case .healthNeverInTime(let needs, let has):
            "its passes take \(needs) at least, and cutover.health-timeout is \(has)"
        case .stopOutlastsHold(let stop, let hold):
            "stopping may take \(stop), and clients are held for \(hold): the old one would come back"
        case .healthOutlastsHold(let needs, let hold):
            "its checks take \(needs) at least, and clients are held for \(hold): the old one would always come back"
        case .deadlineTooLate(let deadline, let has):
            "its deadline is \(deadline), and cutover.health-timeout, \(has), ends the wait before"
        case .bakeTooShort(let needs, let has):
            "as many misses in a row as it wants passes take \(needs), and the bake is \(has): it can never fail there"
        case .windowPastBake(let per, let has):
            "at-least per \(per) cannot be judged in a bake of \(has)"
        case .jobOutlastsHold(let job, let hold):
            "the job may take \(job), and clients are held for \(hold): the old one would come back"
        }
    }
}
