// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

extension SlotUnit {
    /// Every file that systemd hands over: the secrets that the service lists and the site provides, and secret config.
    package var loadedCredentials: [String: HostPath] {
        var loaded = context.credentials
        for use in service.secrets { loaded[use.id] = context.secrets[use.id] }
        return loaded
    }

    /// Ids that the service also wants as environment variables, sorted.
    var environmentSecrets: [String] {
        service.secrets.filter { $0.delivery == .environment && context.secrets[$0.id] != nil }.map(\.id).sorted()
    }

    /// systemd.exec(5): a credential's name is a file name.
    static func isCredentialName(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 255 && id != "." && id != ".."
            && id.unicodeScalars.allSatisfy { isWord($0) || $0 == "." || $0 == "-" || $0 == "_" }
    }

    static func isDirective(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy(isWord)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }

    /// systemd.time(7) knows `ms`.
    static func span(_ span: TimeSpan) -> String {
        span.milliseconds % 1000 == 0 ? "\(span.milliseconds / 1000)s" : "\(span.milliseconds)ms"
    }
}

extension UnitText {
    /// A value that is read whole, not in words: only the specifier sign needs care.
    static func specifierSafe(_ text: String) -> String {
        text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }
}

extension SlotUnit {
    /// A check of this service's config: run as its user, in its sandbox.
    func check(_ argv: [String]) throws(UnitError) -> TransientTask {
        var task = try transientTask()
        task.argv += argv
        // A sensitive file is named in `argv` by where systemd puts it for a unit of this name (`Placement.checkUnit`).
        if !context.credentials.isEmpty { task.unit = context.unit.dropLast(".service".count) + ".check.service" }
        return task
    }
}
