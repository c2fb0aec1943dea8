// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import Testing

@Suite(.timeLimit(.minutes(1)))
struct FileLockTests {
    let scratch: Scratch
    var path: HostPath { scratch.path / "lock" }
    let holder = LockHolder(process: 42, bootID: "b-1", verb: "install shop 1.4.0")

    init() throws { scratch = try Scratch() }

    @Test func conflictNamesTheHolder() throws {
        let lock = try FileLock.acquire(path, holder: holder)
        #expect(throws: LockError.held(path: path, by: holder)) {
            _ = try FileLock.acquire(path, holder: LockHolder(process: 1, bootID: "b", verb: "remove"))
        }
        withExtendedLifetime(lock) {}
    }

    @Test func lookingAtTheHolderTakesNothing() throws {
        #expect(FileLock.holder(path) == nil)
        do {
            let lock = try FileLock.acquire(path, holder: holder)
            #expect(FileLock.holder(path) == holder)
            withExtendedLifetime(lock) {}
        }
        #expect(FileLock.holder(path) == nil, "what the last one wrote is not who holds it")
        withExtendedLifetime(try FileLock.acquire(path, holder: holder)) {}
    }

    @Test func anotherProcessIsKeptOutAndLetInAgain() async throws {
        let runner = SystemCommandRunner()
        let other = Command(["flock", "--nonblock", path.text, "true"])
        do {
            let lock = try FileLock.acquire(path, holder: holder)
            #expect(try await runner.run(other).status == 1)
            withExtendedLifetime(lock) {}
        }
        #expect(try await runner.run(other).status == 0)
    }

    @Test func anotherProcessKeepsUsOut() async throws {
        let ready = scratch.path / "ready"
        let go = scratch.path / "go"
        let script = "touch \(ready); while ! [ -e \(go) ]; do sleep 0.02; done"
        async let other = SystemCommandRunner().run(Command(["flock", path.text, "sh", "-c", script]))
        while try !FileSystem.exists(ready) { try await Task.sleep(nanoseconds: 5_000_000) }
        #expect(throws: LockError.held(path: path, by: nil)) { _ = try FileLock.acquire(path, holder: holder) }
        try FileSystem.write([], to: go)
        #expect(try await other.status == 0)
        withExtendedLifetime(try FileLock.acquire(path, holder: holder)) {}
    }

    /// A shorter holder leaves nothing of a longer one; the file itself is never removed.
    @Test func holderReplacesTheOneBefore() throws {
        do { _ = try FileLock.acquire(path, holder: LockHolder(process: 1_234_567, bootID: "long", verb: "verb verb")) }
        let lock = try FileLock.acquire(path, holder: holder)
        let text = String(decoding: try FileSystem.readAll(path, limit: 4096), as: UTF8.self)
        #expect(text == "pid 42\nboot b-1\nverb install shop 1.4.0\n")
        withExtendedLifetime(lock) {}
    }

    @Test func aPlantedLinkIsNotFollowed() throws {
        try FileSystem.replaceSymlink(path, target: "elsewhere")
        #expect(throws: SystemCallError(call: "open", path: path.text, code: ELOOP)) {
            _ = try FileLock.acquire(path, holder: holder)
        }
        #expect(try !FileSystem.exists(scratch.path / "elsewhere"))
    }
}
