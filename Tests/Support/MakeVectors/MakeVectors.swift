// SPDX-License-Identifier: Apache-2.0
import HostSystem
import VectorMaking

/// Writes every published vector: `swift run make-vectors Tests/Vectors`. What is there and is made no more is removed.
@main struct MakeVectors {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: make-vectors DIRECTORY")
            return
        }
        try VectorDirectory(HostPath(CommandLine.arguments[1])).write()
    }
}
