// SPDX-License-Identifier: Apache-2.0
import Archives

extension ArchiveError: Explained {
    var explanation: Explanation {
        switch self {
        case .library(let operation, let text):
            Explanation("could not \(operation): \(text.lowercased())", hint: "is it a whole tar archive?")
        case .wrongMemberSize(let name, let declared, let given):
            Explanation(
                "\(name) was to have \(declared) bytes and has \(given)",
                hint: "a source changed meanwhile; run it again")
        case .expandsTooFar(let read, let produced):
            Explanation("\(read) bytes unpack to more than \(produced): that is no archive that a build made")
        case .negativeSize: Explanation("a member of it says that it has fewer than no bytes")
        case .compressedTwice: Explanation("it is compressed twice", hint: "once is what runtimes unpack")
        case .outOfMemory: Explanation("no memory left for an archive")
        }
    }
}
