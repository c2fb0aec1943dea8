// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Registries

extension RegistryError: Explained {
    var explanation: Explanation {
        switch self {
        case .unreachable(let registry, let silence):
            Explanation("\(registry): \(silence.words)", hint: silence.hint(registry))
        case .plainHTTP(let registry):
            Explanation(
                "\(registry) would be spoken to in plain HTTP",
                hint: "--plain-http allows it, where the network is trusted")
        case .noCredentials(let registry):
            Explanation(
                "\(registry) wants a name and a password",
                hint: "`podman login --authfile FILE \(registry)`, then --credentials FILE")
        case .denied(let registry, let repository, let had):
            Explanation(
                had
                    ? "\(registry) does not let these credentials use \(repository): wrong name or password, or no right to it"
                    : "\(registry) does not let just anybody use \(repository)",
                hint: had
                    ? "`podman login --authfile FILE` tries them"
                    : "--credentials FILE, made by `podman login --authfile FILE`")
        case .notFound(let registry, let repository, let what):
            Explanation("\(registry) has no \(what) in \(repository)", hint: "is it spelled as the registry has it?")
        case .unexpectedStatus(let registry, let request, let status, let detail):
            Explanation("\(registry) answers \(status) to \(request)" + (detail.isEmpty ? "" : ": \(detail)"))
        case .wrongBytes(let registry, let what, let expected, let found):
            Explanation(
                "\(registry) gives for \(what) bytes of sha256:\(found), not of sha256:\(expected)",
                hint: "something between here and there changed them, or it is damaged; nothing of it was kept")
        case .wrongSize(let registry, let what, let expected, let found):
            Explanation("\(registry) gives \(found) bytes or more of \(what), which has \(expected)")
        case .tooLarge(let registry, let what, let limit):
            Explanation(
                "\(registry) gives more than \(limit) bytes for \(what)", hint: "no document of an image is as large")
        case .badAnswer(let registry, let what): Explanation("\(registry) answers with \(what)")
        case .unsupportedChallenge(let registry, let scheme):
            Explanation("\(registry) asks for \(scheme) authentication", hint: "Basic and Bearer are spoken here")
        case .secretOverPlainHTTP(let registry, let realm):
            Explanation(
                "\(registry) wants its password sent to \(realm), where others could read it",
                hint: "its token service needs https")
        case .tagTaken(let registry, let repository, let tag, let digest):
            Explanation(
                "\(registry)/\(repository):\(tag) is another image already, sha256:\(digest)",
                hint: "--replace moves the tag; what no tag names goes when the registry collects garbage")
        case .badCredentials, .badAuthority, .noPlatform, .notAnImage, .storeFailed, .notThePinnedImage: ofImage
        }
    }

    /// Of files that were named and images that were found.
    private var ofImage: Explanation {
        switch self {
        case .badCredentials(let file):
            Explanation(
                "\(file) is no file of credentials", hint: "`podman login --authfile FILE` makes one", status: .usage)
        case .badAuthority(let file): Explanation("\(file) holds no certificate", hint: "PEM is read", status: .usage)
        case .noPlatform(let reference, let wanted, let platforms):
            Explanation(
                "\(reference) has no image for \(wanted)",
                hint: platforms.isEmpty ? nil : "it has \(platforms.joined(separator: ", "))", status: .specWrong)
        case .notAnImage(let reference, let type):
            Explanation("\(reference) is no image" + (type.isEmpty ? "" : " (\(type))"), status: .specWrong)
        case .storeFailed(let tool, let image, let output):
            Explanation(
                "\(tool) does not give \(image): \(output.split(separator: "\n").last ?? "it says nothing")",
                hint: "`\(tool) image ls` says what there is")
        case .notThePinnedImage(let reference, let pinned, let found):
            Explanation(
                "\(reference) is \(found.map { "sha256:\($0)" }.joined(separator: " or ")), and the spec pins sha256:\(pinned)",
                hint: "pin the one that was tested", status: .specWrong)
        default: Explanation("a registry could not be used")
        }
    }
}

extension RegistryError.Silence {
    var words: String {
        switch self {
        case .noSuchHost: "no such host"
        case .refused: "the connection was refused"
        case .timedOut: "no answer in time"
        case .cutOff: "the connection ended before the answer did"
        case .notBelieved(let detail): "its certificate is not believed: \(detail)"
        case .tls(let detail): "no secure connection: \(detail)"
        case .notHTTP: "what answers there is no registry"
        case .system(let detail): detail.lowercased()
        }
    }

    func hint(_ registry: String) -> String? {
        switch self {
        case .notBelieved: "--ca FILE, with the certificate of the authority that signed it"
        case .tls: "--plain-http, if it is meant to speak plain HTTP"
        case .noSuchHost: "does this machine resolve the name? `getent hosts \(registry.prefix { $0 != ":" })`"
        case .refused, .timedOut: "is it running, and reachable from here?"
        case .cutOff: "run this again: what arrived is kept"
        case .notHTTP, .system: nil
        }
    }
}
