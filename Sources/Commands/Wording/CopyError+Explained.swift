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
        case .noParityProgram:
            Explanation(
                "parity files are made and used by `par2`, which is not installed here",
                hint: "`apt-get install par2`, then run this again")
        case .parityFailed(let words):
            Explanation(
                "par2 made no parity files: \(words)", hint: "the copy is good; it lies there without parity files")
        case .notConfined(let words):
            Explanation(
                "par2 could not be kept from the rest of this machine, and was not run: \(words)",
                hint: "it needs a kernel with Landlock (5.13), or one that lets this user make namespaces")
        case .noParity(let path):
            Explanation(
                "\(path): no parity file `….par2` lies beside it to mend it by",
                hint: "`bundle copy --parity PERCENT` makes some; without them, copy the bundle again",
                status: .noSuchRelease)
        case .lost(let name):
            Explanation(
                "\(name) is not there, and the parity files did not make it", hint: "copy the bundle again",
                status: .damaged)
        case .severalParities(let path, let names):
            Explanation(
                "\(path) has parity files of several bundles: \(names.joined(separator: ", "))",
                hint: "name the one that is to be mended", status: .usage)
        case .noRoomToMend(let path, let needed, let free):
            Explanation(
                "\(path) has \(free) bytes free, and mending needs \(needed) more; nothing was changed",
                hint: "name a directory on a disk with more room")
        }
    }
}
