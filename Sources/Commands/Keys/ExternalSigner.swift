// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Trust

/// A program that has signatures made where the key lives: in a token, a module, another machine (trust §3.7).
///
/// It runs once a signature, without a shell, in the caller's terminal and environment. Its last argument is the public
/// key, its standard input exactly the bytes to sign; it prints the signature, as 64 bytes or in base64.
struct ExternalSigner: DocumentSigner {
    let publicKey: MinisignPublicKey
    /// The program and its arguments.
    let argv: [String]
    var runner: any CommandRunner = SystemCommandRunner()

    /// Time to find the token, to type its PIN and to touch it.
    private static let patienceSeconds = 600

    func signature(of message: [UInt8]) async throws -> [UInt8] {
        let result = try await runner.run(
            Command(
                argv + [Hexadecimal.encode(publicKey.key.bytes)], input: message,
                timeoutSeconds: Self.patienceSeconds, surroundings: .callers))
        guard result.status == 0 else { throw KeyError.signerEnded(program: argv[0], status: result.status) }
        guard let signature = Self.read(result.output) else {
            throw KeyError.signerAnswer(program: argv[0], bytes: result.output.count)
        }
        return signature
    }

    /// - Returns: nil for anything but 64 bytes, or their base64 with or without a line end.
    static func read(_ output: [UInt8]) -> [UInt8]? {
        if output.count == 64 { return output }
        let text = output.last == UInt8(ascii: "\n") ? output.dropLast() : output[...]
        return Base64.decode(text, count: 64)
    }
}
