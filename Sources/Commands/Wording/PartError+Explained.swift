// SPDX-License-Identifier: Apache-2.0
import BundleReading
import Glibc
import HostSystem

extension PartError: Explained {
    var explanation: Explanation {
        switch self {
        case .noBundle(let directory):
            Explanation(
                "\(directory) holds no bundle",
                hint: "is the medium mounted? a bundle's name ends in .bundle or .parts",
                status: .noSuchRelease)
        case .severalBundles(let directory, let names):
            Explanation(
                "\(directory) holds \(names.count) bundles: \(names.joined(separator: ", "))", hint: "name one of them",
                status: .usage)
        case .noList(let list, let looked):
            Explanation(
                "the list \(list) is not in \(PartError.words(looked))",
                hint: "`--parts-in DIR` names its place; lost: `sha256sum` of all parts in order makes it again",
                status: .damaged)
        case .missing(_, let names, let looked):
            Explanation(
                "\(names.joined(separator: ", ")) \(names.count == 1 ? "is" : "are") not in \(PartError.words(looked))",
                hint: "mount the medium, name its directory with --parts-in, or change media one by one with --wait",
                status: .damaged)
        case .cut(let name, let place, let bytes, let expected):
            Explanation(
                "\(place / name) has \(bytes) bytes of \(expected): it was not copied to its end",
                hint: "copy \(name) again, and unmount the medium before it is pulled", status: .damaged)
        case .tooLong(let name, let place, let bytes, let expected):
            Explanation(
                "\(place / name) has \(bytes) bytes, and no part of this bundle more than \(expected): it is of another",
                hint: "find the \(name) that was made with the others", status: .damaged)
        case .swapped(let name, let place, let other):
            Explanation(
                "\(place / name) holds what \(other) must be: the two were swapped",
                hint: "rename it \(other), and find the one that is \(name) with `sha256sum`", status: .damaged)
        case .foreign(let name, let place, let list):
            Explanation(
                "\(place / name) is not the one in \(list.name): it is of another bundle, or of an older one of that name",
                hint: "find the \(name) that was made with the others; `sha256sum -c \(list.name)` knows it",
                status: .damaged)
        case .damaged(let name, let place, let list, let cause):
            Explanation(
                "\(place / name) is damaged: \((Explanation.of(cause) ?? Explanation("\(cause)")).message)",
                hint: "copy \(name) again from where it was made, then `sha256sum -c \(list.name)`; "
                    + "if that does not help, try another medium", status: .damaged)
        case .unreadable(let name, let place, let error):
            Explanation(
                "\(place / name) cannot be read: \(String(cString: strerror(error.code)).lowercased())",
                hint: "copy \(name) to another medium", status: .damaged)
        case .cannotSign(let path):
            Explanation(
                "\(path) is a part of a bundle, which cannot be signed any more",
                hint: "join the parts with `cat`, sign that, and split it again", status: .usage)
        }
    }

    private static func words(_ places: [HostPath]) -> String { places.map(\.text).joined(separator: ", ") }
}
