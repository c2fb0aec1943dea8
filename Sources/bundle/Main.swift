// SPDX-License-Identifier: Apache-2.0
import Commands
import Glibc

@main
struct Main {
    static func main() async {
        exit(await Entry.run(Array(CommandLine.arguments.dropFirst())))
    }
}
