// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostRecords
import HostSystem
import Installer

/// Puts rules back that somebody else took away (`nft flush ruleset`, a firewall's start or reload). It sleeps until the
/// kernel tells that rules of ours went, in a unit of its own that no file on the disk describes: host-state §5.10.
struct RulesWatch {
    static let unit = "bundle-watch"
    private static let tool = "/usr/lib/bundle/bundle"

    let console: Console

    /// Sees to it that somebody watches, where there is something to watch. That it could not be begun is a warning: the
    /// boot unit and `recover` still put rules back.
    static func begin(_ session: HostSession) async {
        do {
            guard try FileSystem.exists("/run/systemd/system"),
                try !FileSystem.exists(HostPath("/run/systemd/transient/\(unit).service")),
                try HostLayout.products().contains(where: { try FileSystem.exists(HostLayout(product: $0).state) })
            else { return }
            let argv = [
                "systemd-run", "--quiet", "--no-block", "--collect", "--unit=\(unit)",
                "--description=bundle: put back traffic rules that somebody takes away",
                "--property=Restart=on-failure",
                "--property=RestartSec=2", "--property=SyslogIdentifier=bundle", "--", tool, "recover", "--watch",
            ]
            let result = try await session.runner.run(Command(argv, timeoutSeconds: 30))
            if result.status != 0 { session.console.warn("nobody watches the traffic rules: \(result.errorText)") }
        } catch {
            session.console.warn("nobody watches the traffic rules: \(Explanation.orPlain(error).firstLine ?? "")")
        }
    }

    /// Ends when nothing is installed any more, and with a failure, for systemd to begin it again, when the tool was replaced.
    func run() async throws {
        let session = try HostSession(verb: "recover", console: console, exclusive: false)
        let events = try RuleEvents(tables: "bundle_")
        var pause: Int32 = 1
        while try !HostLayout.products().isEmpty {
            guard (try? FileSystem.resolve("/proc/self/exe")) == HostPath(RulesWatch.tool) else {
                throw ExitStatus.failedNothingChanged
            }
            // An operation changes rules itself, and puts them back when it dies.
            if FileLock.holder(HostSession.lock) != nil {
                _ = try events.wait(milliseconds: 500)
                continue
            }
            guard await lacksRules(session) else {
                pause = 1
                while try !events.wait(milliseconds: -1) {}
                // A firewall that comes up flushes, then writes: once it is quiet, or after two seconds.
                for _ in 0..<10 where try events.wait(milliseconds: 200) {}
                continue
            }
            console.say("traffic rules are not what they are meant to be")
            let recovery = Command([RulesWatch.tool, "recover", "--if-needed"], timeoutSeconds: 600)
            let result = try await session.runner.run(recovery)
            console.say(result.status == 0 ? result.outputText : result.errorText)
            // What takes them away again and again, or lets none in, is not to keep the host busy.
            guard await lacksRules(session) else { continue }
            sleep(UInt32(pause))
            pause = min(pause * 2, 60)
        }
    }

    private func lacksRules(_ session: HostSession) async -> Bool {
        var lacks = false
        for product in (try? HostLayout.products()) ?? [] {
            // A record that cannot be read is for people: nothing may be done by it.
            lacks = (try? await session.installation(of: product).lacksRules()) == true || lacks
        }
        return lacks
    }
}
