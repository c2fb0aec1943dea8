// SPDX-License-Identifier: Apache-2.0

extension CopyError: Explained {
    var explanation: Explanation {
        switch self {
        case .noDirectory(let path):
            Explanation("\(path) is no directory", hint: "mount the medium first; it is not made")
        case .noRoom(let path, let needed, let free):
            Explanation(
                "\(path) has \(free) bytes free, and the copy needs \(needed); nothing was written",
                hint: "take a larger medium, or several: `create --split`")
        case .tooLarge(let path, let bytes):
            Explanation(
                "the file system takes no file of \(bytes) bytes: \(path)",
                hint: "`create --split 4g` makes parts that fit FAT32")
        case .changed(let path):
            Explanation("\(path) changed while it was copied", hint: "wait until it is written, then run this again")
        case .notReadBack(let path):
            Explanation(
                "\(path) does not come back from the medium as it was written", hint: "try another medium",
                status: .damaged)
        case .program(let path): Explanation("\(path) is no program", hint: "name the static `bundle` for the host")
        }
    }
}
