// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleReading
import Glibc
import HostSystem

/// Where the parts of a bundle are (docs/cli.md §3.7).
struct PartOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Look for parts in this directory, too; may be given again. What is mounted below /media, /run/media and "
                + "/mnt is looked into anyway.", valueName: "dir"), completion: .directory)
    var partsIn: [String] = []
    @Flag(name: .long, help: "Wait for the medium with the next part instead of giving up.") var wait = false

    private static let pauseMicroseconds: UInt32 = 500_000

    func search(_ console: Console) -> PartSearch {
        let named = partsIn.map { HostPath($0) }
        return PartSearch(places: { named + MountedMedia.places() }, waiting: wait ? PartOptions.waiting(console) : nil)
    }

    /// Says once what is waited for, and of each file once that it does not fit.
    private static func waiting(_ console: Console) -> PartSearch.Waiting {
        var said: [String] = []
        return { missing, unfit in
            if said.first != missing.first {
                said = Array(missing.prefix(1))
                console.say(
                    "waiting for \(missing.joined(separator: ", ")): unmount this medium and mount the next one; "
                        + "Ctrl-C gives up")
            }
            for path in unfit where !said.contains(path.text) {
                said.append(path.text)
                console.warn("\(path) has another size than this bundle's part: it is cut, or of another bundle")
            }
            try Task.checkCancellation()
            usleep(pauseMicroseconds)
        }
    }
}
