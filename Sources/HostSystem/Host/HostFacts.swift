// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Glibc

/// What this machine is, read once at the start of a command.
package struct HostFacts: Equatable, Sendable {
    package var hostname: String
    /// As uname(2) says it: `6.1.0-37-amd64`.
    package var kernelRelease: String
    /// As uname(2) says it: `x86_64`.
    package var machine: String
    /// Bytes; 0 when /proc does not say.
    package var memoryBytes: Int64
    /// Processors that are online.
    package var processors: Int
    /// The one that it is called by (`HostAddress`); nil when there is none but the loopback.
    package var address: String?
    /// Another one after each boot; empty when /proc does not say.
    package var bootID: String
    package var effectiveUser: UInt32
    /// Who logged in, whatever sudo made of them since; nil when nobody did (a unit, a boot).
    package var loginUser: UInt32?
    /// `ID`, `VERSION_ID`, `PRETTY_NAME`, … of os-release(5).
    package var osRelease: [String: String]

    package init(
        hostname: String = "", kernelRelease: String = "", machine: String = "", memoryBytes: Int64 = 0,
        bootID: String = "", effectiveUser: UInt32 = 0, loginUser: UInt32? = nil, osRelease: [String: String] = [:],
        processors: Int = 1, address: String? = nil
    ) {
        self.hostname = hostname
        self.kernelRelease = kernelRelease
        self.machine = machine
        self.memoryBytes = memoryBytes
        self.bootID = bootID
        self.effectiveUser = effectiveUser
        self.loginUser = loginUser
        self.osRelease = osRelease
        self.processors = processors
        self.address = address
    }

    /// nil on a machine that no bundle is made for.
    package var architecture: Architecture? {
        switch machine {
        case "x86_64": .amd64
        case "aarch64": .arm64
        default: nil
        }
    }

    /// Reads them; a file that is missing leaves its fact empty, as preflight judges what it needs.
    package static func gather(root: HostPath = "/") -> HostFacts {
        var name = utsname()
        uname(&name)
        var facts = HostFacts(effectiveUser: geteuid())
        facts.hostname = text(of: name.nodename)
        facts.kernelRelease = text(of: name.release)
        facts.machine = text(of: name.machine)
        facts.memoryBytes = memoryBytes(fromMeminfo: read(root / "proc/meminfo"))
        facts.bootID = trimmed(read(root / "proc/sys/kernel/random/boot_id"))
        // 4294967295 stands for "not set".
        facts.loginUser = UInt32(trimmed(read(root / "proc/self/loginuid"))).flatMap { $0 == UInt32.max ? nil : $0 }
        // Where no login session is recorded (a container, a recovery shell), sudo still says who called it.
        if facts.loginUser == nil, facts.effectiveUser == 0 {
            facts.loginUser = getenv("SUDO_UID").flatMap { UInt32(String(cString: $0)) }
        }
        facts.processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        facts.address = HostAddress.choose(
            HostAddress.read(), route4: HostAddress.defaultRoute(fromRoute: read(root / "proc/net/route")),
            route6: HostAddress.defaultRoute(fromIPv6Route: read(root / "proc/net/ipv6_route")))
        facts.osRelease = osRelease(from: read(root / "etc/os-release"))
        return facts
    }

    /// `MemTotal:  8127004 kB`; proc(5) means KiB by kB.
    package static func memoryBytes(fromMeminfo text: String, field: String = "MemTotal:") -> Int64 {
        for line in text.split(separator: "\n") where line.hasPrefix(field) {
            let number = line.dropFirst(field.count).drop { $0 == " " }.prefix { $0.isNumber }
            return (Int64(number) ?? 0).multipliedReportingOverflow(by: 1024).partialValue
        }
        return 0
    }

    /// Bytes that programs can have without swapping, as the kernel estimates now; nil when /proc does not say.
    package static func availableMemory(root: HostPath = "/") -> Int64? {
        let bytes = memoryBytes(fromMeminfo: read(root / "proc/meminfo"), field: "MemAvailable:")
        return bytes > 0 ? bytes : nil
    }

    /// `KEY=value` or `KEY="value"` lines; shell escapes inside quotes are kept as they are.
    package static func osRelease(from text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            var value = parts[1]
            if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote {
                value = value.dropFirst().dropLast()
            }
            fields[String(parts[0])] = String(value)
        }
        return fields
    }

    private static func read(_ path: HostPath) -> String {
        (try? FileSystem.readAll(path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func trimmed(_ text: String) -> String { String(text.prefix { !$0.isWhitespace }) }

    private static func text<Tuple>(of tuple: Tuple) -> String {
        withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension HostFacts {
    /// `systemctl --version` begins with `systemd 252 (252.39-1~deb12u1)`.
    /// - Returns: the major version; nil when there is no systemd.
    package static func systemdVersion(_ runner: some CommandRunner) async -> Int? {
        guard let result = try? await runner.run(Command(["systemctl", "--version"], timeoutSeconds: 10)),
            result.status == 0
        else { return nil }
        let words = result.outputText.split { $0 == " " || $0 == "\n" }
        guard words.count > 1, words[0] == "systemd" else { return nil }
        return Int(words[1].prefix { $0.isNumber })
    }

    /// `nft --version` says `nftables v1.0.6 (Lester Gooch #5)`.
    /// - Returns: its dotted numbers; nil when there is no nft.
    package static func nftVersion(_ runner: some CommandRunner) async -> [Int]? {
        guard let result = try? await runner.run(Command(["nft", "--version"], timeoutSeconds: 10)),
            result.status == 0,
            let word = result.outputText.split(separator: " ").first(where: { $0.hasPrefix("v") })
        else { return nil }
        return dottedNumbers(word.dropFirst())
    }

    /// `haproxy -v` says `HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/`.
    /// - Returns: its dotted numbers; nil when there is no HAProxy.
    package static func haproxyVersion(_ runner: some CommandRunner) async -> [Int]? {
        guard let result = try? await runner.run(Command(["haproxy", "-v"], timeoutSeconds: 10)), result.status == 0,
            let words = result.outputText.split(separator: "\n").first?.split(separator: " "),
            let place = words.firstIndex(of: "version"), words.indices.contains(place + 1)
        else { return nil }
        return dottedNumbers(words[place + 1])
    }

    /// The leading dotted numbers of a version text: `6.1.0-37-amd64` is [6, 1, 0].
    package static func dottedNumbers(_ text: some StringProtocol) -> [Int] {
        text.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }.split(separator: ".").compactMap { Int($0) }
    }
}
