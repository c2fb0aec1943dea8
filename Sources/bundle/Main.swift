// SPDX-License-Identifier: Apache-2.0
import Commands
import Glibc

@main
struct Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // Before anything is awaited: the child that confines itself must have one thread.
        if let status = Entry.confined(arguments) { exit(status) }
        exit(await Entry.runConfining(arguments))
    }
}
