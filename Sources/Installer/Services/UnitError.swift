// SPDX-License-Identifier: Apache-2.0

/// Why a unit could not be written, or what systemd said when it was asked for something.
package enum UnitError: Error, Equatable, Sendable {
    /// A control character (a line feed would start a directive of its own) or, for a program, no absolute path.
    case badText(unit: String, text: String)
    /// `run` is empty, or its program is not an absolute path.
    case badProgram(unit: String, program: String)
    /// `sandbox.allow` names what we do not know.
    case unknownException(unit: String, name: String)
    /// `unit:` names a section other than Unit and Service, or a directive that is no word.
    case badDirective(unit: String, section: String, directive: String)
    /// A secret that becomes an environment variable needs a name that a shell can assign; a credential, a plain one.
    case badSecretName(unit: String, id: String)
    /// A job of systemd failed: the verb, its status, and what it said.
    case jobFailed(verb: String, unit: String, status: Int, message: String)
    /// `systemctl show` did not answer what was asked.
    case unreadable(unit: String, property: String)
}
