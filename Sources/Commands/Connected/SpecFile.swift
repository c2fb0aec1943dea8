// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import HostSystem
import YAMLDocuments

/// A spec on disk.
struct SpecFile {
    let path: HostPath
    let spec: BundleSpec
    /// What works, but hardly as meant.
    let advice: [SpecProblem]

    /// Where the spec's paths start.
    var directory: HostPath { path.parent }

    /// - Throws: `SpecFileError.missing`, `YAMLError`, `SpecProblems` with everything that is wrong.
    init(_ text: String) throws {
        path = HostPath(text)
        guard try FileSystem.exists(path) else { throw SpecFileError.missing(path.text) }
        let document = try YAMLDocument.parse(try FileSystem.readAll(path, limit: 4 << 20), file: path.text)
        let (found, problems) = BundleSpec.examine(document)
        guard let found else { throw SpecProblems(problems.filter { !$0.isAdvice }) }
        spec = found
        advice = problems
    }
}

enum SpecFileError: Error, Equatable {
    case missing(String)
    case archNotListed(String, listed: [String])
    case badVersion(String)
}

extension SpecFileError: Explained {
    var explanation: Explanation {
        switch self {
        case .missing(let path):
            Explanation(
                "\(path): there is no spec", hint: "`bundle init` drafts one; is this the right directory?",
                status: .specWrong)
        case .archNotListed(let arch, let listed):
            Explanation(
                "the spec does not list \(arch) under arch", hint: "it lists \(listed.joined(separator: ", "))",
                status: .specWrong)
        case .badVersion(let text):
            Explanation("\(text) is not a semantic version", hint: "such as v1.4.0", status: .usage)
        }
    }
}
