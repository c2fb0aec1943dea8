// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import Installer

/// The product's own driver, as often as asked.
struct FlipLoop {
    private let product: ReleaseName
    private let addresses: SlotAddresses
    private let count: Int
    private let pause: Int
    private let ports: [Int]
    private let control: LosingFlip?

    init(_ arguments: [String]) throws {
        guard let product = ReleaseName(arguments[0]), let index = Int(arguments[1]),
            let addresses = SlotAddresses(index: index), let count = Int(arguments[2]), let pause = Int(arguments[3])
        else { throw RigError(text: arguments.joined(separator: " ")) }
        self.product = product
        self.addresses = addresses
        self.count = count
        self.pause = pause
        ports = arguments[4].split(separator: ",").compactMap { Int($0) }
        control = arguments.dropFirst(5).first.flatMap { LosingFlip(rawValue: $0) }
    }

    /// One line of JSON: flips, and how long one took, in microseconds.
    func run() async throws -> String {
        let runner = SystemCommandRunner()
        let driver = NFTablesSwitch(product: product, addresses: addresses, runner: runner)
        if control == nil { _ = try await driver.ensure() }
        var times: [Int] = []
        for index in 0..<count {
            let table = self.table(index % 2 == 0 ? .green : .blue)
            let start = FlipLoop.microseconds()
            if let control {
                let text = control.transaction(table: driver.text.table, to: table)
                let result = try await runner.run(Command(["nft", "-f", "-"], input: Array(text.utf8)))
                guard result.status == 0 else { throw RigError(text: result.errorText) }
            } else {
                try await driver.flip(to: table)
            }
            times.append(FlipLoop.microseconds() - start)
            if pause > 0 { usleep(UInt32(pause) * 1000) }
        }
        times.sort()
        let middle = times[times.count / 2]
        let slow = times[times.count * 99 / 100]
        return "{\"flips\":\(count),\"ports\":\(ports.count),\"p50_us\":\(middle),\"p99_us\":\(slow)}"
    }

    private func table(_ slot: Slot) -> TrafficTable {
        TrafficTable(
            ports.map {
                TrafficTable.Entry(
                    port: $0, exposure: .public, v4: addresses.endpoint(slot, port: $0),
                    v6: addresses.endpoint6(slot, port: $0))
            })
    }

    private static func microseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    }
}
