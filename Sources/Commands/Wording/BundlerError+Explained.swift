// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Bundler
import Glibc
import HostSystem

extension BundlerError: Explained {
    var explanation: Explanation {
        switch self {
        case .sources(let problems):
            Explanation(
                BundlerError.headline(problems.count)
                    + problems.map { "\n  \($0.place): \($0.path) \($0.fact.words)" }.joined(),
                hint: problems.lazy.compactMap(\.fact.hint).first, status: .specWrong)
        case .architectureNotInSpec(let arch, let known):
            Explanation(
                "the spec makes no bundle for \(arch.rawValue)",
                hint: "`--arch` takes \(known.map(\.rawValue).joined(separator: " or ")); or add it to arch:",
                status: .specWrong)
        case .outputExists(let path):
            Explanation("\(path) exists", hint: "remove it, or name another file with -o")
        case .partName(let name):
            Explanation(
                "parts cannot be called \(name).001: not every medium keeps that name",
                hint: "name the bundle with -o in letters, digits and . _ - +", status: .usage)
        case .tooManyParts(let limit):
            Explanation("this would make more than \(limit) parts", hint: "take a larger --split", status: .usage)
        case .noOutputDirectory(let path): Explanation("\(path) is no directory", hint: "make it first")
        case .badSourceDate(let text):
            Explanation(
                "SOURCE_DATE_EPOCH is \(text), not a number of seconds since 1970",
                hint: "`git log -1 --format=%ct` prints one", status: .usage)
        case .empty:
            Explanation(
                "the release has neither a file nor an image", hint: "name some under binaries:, files: or images:",
                status: .specWrong)
        case .foreignBase(let path, let name, let arch, let release):
            Explanation(
                "\(path) is of \(name) for \(arch.rawValue), and no host of it takes \(release) as a delta",
                hint: "take a release or an inventory of \(release.name) for \(release.arch.rawValue)", status: .usage)
        case .changedWhileWriting(let path):
            Explanation(
                "\(path) changed while it was packed", hint: "wait until the build has ended, then run this again")
        }
    }

    private static func headline(_ count: Int) -> String {
        count == 1 ? "something that the spec names is wrong:" : "\(count) things that the spec names are wrong:"
    }
}

extension SourceProblem.Fact {
    var words: String {
        switch self {
        case .missing: "is not there"
        case .unreadable(let error): "cannot be read: \(String(cString: strerror(error.code)).lowercased())"
        case .directory: "is a directory where a file is needed"
        case .specialFile: "is a device, pipe or socket"
        case .badPath: "has a name that a release cannot carry"
        case .linkLeaves(let target): "is a link to \(target), which leaves the release"
        case .pathTaken(let place): "goes to a path that \(place) has taken"
        case .noMatch: "matches no file"
        case .emptyDirectory: "is empty"
        case .wrongArchitecture(let found):
            "is a program for \(found?.rawValue ?? "a machine that no bundle is made for")"
        case .image(let error): error.words.message
        case .unpinned: "has no digest: any build of it could be carried"
        }
    }

    var hint: String? {
        switch self {
        case .missing: "build it first; relative paths begin at the spec's directory"
        case .badPath: "printable ASCII without \\ \" * ? < > |, no leading - or space, at most 1024 bytes"
        case .linkLeaves: "links must be relative and stay inside what is carried"
        case .wrongArchitecture: "`{{ arch }}` in a source path keeps builds apart"
        case .image(let error): error.words.hint
        case .unpinned: "`bundle pin` fills it in"
        default: nil
        }
    }
}
