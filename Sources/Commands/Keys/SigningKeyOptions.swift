// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Trust

/// Which keys sign.
struct SigningKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Secret key file; more than once for several. Else the only one in the project's keys/, "
                + "else the only one in ~/.config/bundle/keys.", valueName: "file"),
        completion: .file())
    var key: [String] = []

    @OptionGroup var password: PasswordOptions

    /// Opens them, asking for passwords where that is needed.
    /// - Parameter project: the directory whose `keys/` is looked into.
    /// - Throws: `KeyError`.
    func open(project: HostPath, _ console: Console) throws -> [SigningKey] {
        let paths = key.isEmpty ? [try KeyFiles.defaultSecretKey(project: project)] : key.map { HostPath($0) }
        return try paths.map { try KeyFiles.open($0, password, console) }
    }
}
