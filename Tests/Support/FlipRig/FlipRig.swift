// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

/// The traffic driver under load, outside of any installation. Each verb runs in the network namespace that it was
/// started in, so a test wires the namespaces and this tool does the rest.
///
///     FlipRig serve ADDRESS/PORT/NAME…            answers NAME and the peer's address to whoever connects
///     FlipRig connect SECONDS ADDRESS/PORT…       one connection each; prints the answer or the error
///     FlipRig probe ADDRESS/PORT…                 the same with the mark of our health probes
///     FlipRig load SECONDS WORKERS ADDRESS/PORT…  new connections without pause; prints one line of JSON
///     FlipRig flip PRODUCT INDEX COUNT PAUSE-MS PORT[,PORT…] [CONTROL]
///                                                 the product's driver, blue to green and back; one line of JSON
///     FlipRig forward CONTROL ROUTES PORT=ADDRESS:PORT…  the forwarder of held sockets, with sockets of its own
///
/// CONTROL, `--recreate-table` or `--anonymous-map`, is the same in a way that must lose connections, or this rig would not see
/// a loss.
@main
struct FlipRig {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let verb = arguments.first else { return usage() }
        let rest = Array(arguments.dropFirst())
        switch verb {
        case "serve": try RigServer(places: rest.map(RigAddress.init(text:))).run()
        case "connect" where rest.count > 1:
            for text in rest.dropFirst() {
                print("\(text) \(RigConnection(to: try RigAddress(text: text)).open(seconds: Int(rest[0]) ?? 5))")
            }
        case "probe":
            for place in try rest.map(RigAddress.init(text:)) {
                let endpoint = Endpoint(address: place.address, port: Int(place.port))
                print("\(place.address) \(await NetworkProbe().tcp(endpoint, milliseconds: 2000))")
            }
        case "load" where rest.count > 2:
            let load = RigLoad(seconds: Int(rest[0]) ?? 1, targets: try rest.dropFirst(2).map(RigAddress.init(text:)))
            print(load.run(workers: Int(rest[1]) ?? 1))
        case "forward" where rest.count > 2: try await RigForwarder(rest).run()
        case "flip" where rest.count > 4: print(try await FlipLoop(rest).run())
        default: usage()
        }
    }

    private static func usage() { print("usage: FlipRig serve|connect|load|flip …") }
}

struct RigError: Error { let text: String }
