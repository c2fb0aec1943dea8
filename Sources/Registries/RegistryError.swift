// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Why a registry could not be used. Facts; the words are in `Commands/Wording`. `registry` is `HOST` or `HOST:PORT`.
package enum RegistryError: Error, Equatable, Sendable {
    /// Why no answer came; `detail` is a system's or library's own text.
    package enum Silence: Equatable, Sendable {
        case noSuchHost
        case refused
        case timedOut
        /// The connection ended before the answer did.
        case cutOff
        /// Its certificate is of no authority that is believed here, or for another name.
        case notBelieved(detail: String)
        case tls(detail: String)
        /// What came is no HTTP.
        case notHTTP
        case system(detail: String)
    }

    case unreachable(registry: String, Silence)
    /// Plain HTTP to another machine, which nobody asked for.
    case plainHTTP(registry: String)
    /// The registry wants a name and a password, and there are none for it.
    case noCredentials(registry: String)
    /// It does not take the ones that there are, or they may not do this.
    case denied(registry: String, repository: String, hadCredentials: Bool)
    /// Nothing of that name or digest: `manifests/v1`, `blobs/sha256:…`.
    case notFound(registry: String, repository: String, what: String)
    /// An answer of another status; `detail` is what the registry says of it.
    case unexpectedStatus(registry: String, request: String, status: Int, detail: String)
    /// Bytes that are not those asked for.
    case wrongBytes(registry: String, what: String, expected: Digest, found: Digest)
    case wrongSize(registry: String, what: String, expected: Int64, found: Int64)
    /// A document of more than 4 MiB.
    case tooLarge(registry: String, what: String, limit: Int)
    /// An answer that makes no sense: a redirect to nowhere, a token service without a token.
    case badAnswer(registry: String, what: String)
    /// It asks for a kind of authentication that is not spoken here.
    case unsupportedChallenge(registry: String, scheme: String)
    /// Credentials would have to go over plain HTTP to another machine.
    case secretOverPlainHTTP(registry: String, realm: String)
    /// The tag stands for another image already.
    case tagTaken(registry: String, repository: String, tag: String, by: Digest)
    case badCredentials(file: String)
    case badAuthority(file: String)
    /// The digest names an index, and no manifest of it is for the platform.
    case noPlatform(reference: String, wanted: String, platforms: [String])
    /// What is there under the digest is no image: an artifact, a signature, Docker's schema 1.
    case notAnImage(reference: String, type: String)
    /// A local store's own tool did not give the image.
    case storeFailed(tool: String, image: String, output: String)
    /// Another digest than the one that the spec pins.
    case notThePinnedImage(reference: String, pinned: Digest, found: [Digest])
}
