// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Images
import Installer
import Testing

@testable import Commands

struct SmallRulesTests {
    /// One line and its end came from `echo`; of several lines the last one's end is theirs.
    @Test(arguments: [
        ("hush\n", true), ("hush", false), ("hush\r\n", true), ("-----BEGIN\nabc\n", false), ("a\nb", false),
        ("", false),
    ])
    func lineFeedByAccident(_ text: String, strays: Bool) {
        #expect(SecretInput.straysFeed(Array(text.utf8)) == strays)
    }

    @Test func namesOutOfImagesAreOneLineAndOfManyTheFirst() {
        let lines = Console.first(of: Array(0..<50), more: { "\($0) more" }) {
            "a\nbundle: error: \u{1B}[31m\($0)\t\u{2028}\r\n"
        }
        #expect(lines.count == 21)
        #expect(lines[0] == "a?bundle: error: ?[31m0????" || lines[0] == "a?bundle: error: ?[31m0???")
        #expect(lines[20] == "30 more")
        #expect(Console.first(of: Array(0..<20), more: { "\($0) more" }) { "\($0)" }.count == 20)
        #expect(!ImageError.wrongPlatform(found: "a\nb", wanted: "c").words.message.contains("\n"))
    }

    @Test(arguments: ["24:00", "1:30", "12:60", "12", "", "12:3a", "-1:00", "12:00:00"])
    func noTime(_ text: String) { #expect(CutoverTime(argument: text) == nil) }

    /// By this machine's zone, whichever it is: what is asked for is made of a moment that is known.
    @Test func theNextSuchTimeWithinTwelveHours() throws {
        let now: Int64 = 1_795_249_800
        let time = try #require(CutoverTime(argument: "00:00"))
        let midnights = [0, 1].compactMap { LocalTime.moment(hour: 0, minute: 0, days: $0, from: now) }
        let next = try #require(midnights.first { $0 > now })
        if next - now <= 12 * 3600 {
            #expect(try time.deadline(now: now).wallSeconds == next)
        } else {
            #expect(throws: HostVerbError.tooLate("00:00")) { try time.deadline(now: now) }
        }
        #expect(try time.deadline(now: next - 60).wallSeconds == next)
        #expect(throws: HostVerbError.tooLate("00:00")) { try time.deadline(now: next + 60) }
        #expect(throws: HostVerbError.tooLate("00:00")) { try time.deadline(now: next) }
    }

    @Test func theUnitCarriesWhoAskedAndWhereItSpeaks() {
        let argv = TransientRun.command(
            "install", unit: "bundle-install-7", program: "/usr/lib/bundle/bundle", directory: "/root",
            log: "/run/bundle/runs/1-x.log", login: "1000", asker: "7", arguments: ["install", "a b.bundle", "--yes"])
        #expect(argv.suffix(4) == ["/usr/lib/bundle/bundle", "install", "a b.bundle", "--yes"])
        #expect(argv.contains("--setenv=BUNDLE_UNIT_FOR=1000"))
        #expect(argv.contains("--property=ExecStopPost=-/usr/lib/bundle/bundle recover --if-needed"))
        #expect(argv.contains("--property=KillMode=mixed"), "a stop must not end the programs that undo")
        #expect(!argv.contains("--pipe"), "a terminal that goes away must take no stream with it")
    }
}

/// Until its cutover an installation gives way; from there on it goes forward.
struct StopRequestTests {
    @Test func stopsWhatRunsAndWhatComes() async throws {
        let request = StopRequest()
        let work = Task {
            try await request.run { try await Task.sleep(nanoseconds: 60_000_000_000) }
        }
        #expect(request.ask(.operatorAsked) == .undoes)
        await #expect(throws: StopRequest.Stopped(reason: .operatorAsked)) { try await work.value }
        #expect(throws: StopRequest.Stopped(reason: .operatorAsked)) { try request.pass() }
    }

    @Test func changesNothingBehindTheCutover() throws {
        let request = StopRequest()
        try request.pass()
        #expect(request.ask(.operatorAsked) == .goesOn)
        try request.check(wallSeconds: 0)
    }

    /// A clock that jumps is believed as it stands at the decision.
    @Test func theWallClockDecides() throws {
        let request = StopRequest(deadline: StopRequest.Deadline(text: "04:00", wallSeconds: 100))
        try request.check(wallSeconds: 99)
        #expect(throws: StopRequest.Stopped(reason: .tooLate("04:00"))) { try request.check(wallSeconds: 100) }
        #expect(throws: StopRequest.Stopped(reason: .tooLate("04:00"))) { try request.check(wallSeconds: 5) }
    }

    /// Root's identity is the host's where there is a host, and never strays into /etc of a machine that builds.
    @Test func anIdentityIsAHostsOnlyOnAHost() throws {
        let root = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(root) }
        let host = root / "etc/bundle/keys/identity.txt"
        let user: HostPath = "/root/.config/bundle/keys"
        let place = { try KeyIdentityCommand.usualPlace(isRoot: $0, host: host, user: user) }
        #expect(try place(true) == user / "identity.txt")
        try FileSystem.createDirectories(root / "etc/bundle")
        #expect(try place(true) == host)
        #expect(try place(false) == user / "identity.txt")
        #expect(throws: KeyError.self) { try KeyIdentityCommand.usualPlace(isRoot: false, host: host, user: nil) }
    }

    @Test func aPathThatIsNotThereIsSaidInOneWay() throws {
        let root = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(root) }
        try FileSystem.write([1], to: root / "file")
        #expect(try NamedPath.kind(root) == .directory && NamedPath.kind(root / "file") == .file)
        for name in ["none", "none/below", "file/below"] {
            let path = root / name
            #expect(throws: PathNotThere(path: path)) { try NamedPath.kind(path) }
            #expect(throws: PathNotThere(path: path)) { try CarriedDirectory.find(path) }
        }
        let words = PathNotThere(path: "/x").explanation
        #expect(words.message == "no such file or directory: /x" && words.status == .failedNothingChanged)
    }
}
