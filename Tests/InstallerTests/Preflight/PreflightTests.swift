// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer
import Testing

/// A host on which nothing is wrong, and a release that suits it; each test breaks one thing.
struct PreflightTests {
    var release: PreflightRelease
    var facts: PreflightFacts

    init() throws {
        let zeros = try #require(Digest(bytes: [UInt8](repeating: 0, count: 32)))
        let name = try #require(ReleaseName("shop"))
        var manifest = Manifest(
            name: name, version: try #require(Version("1.4.0")), arch: .amd64,
            tree: InstalledTree(sha256: zeros, files: 10, directories: 2, bytes: 1_000_000))
        manifest.requires = Requirements(commands: ["openssl"], units: ["chrony.service"])
        manifest.executables = [
            Executable(
                path: try #require(ReleasePath("bin/web")),
                elf: ELFNeeds(
                    arch: .amd64, interpreter: "/lib64/ld-linux-x86-64.so.2",
                    libraries: ["libc.so.6", "libpcre2.so.0"],
                    glibc: "2.34"))
        ]
        manifest.secrets = [
            "db": SecretDeclaration(required: true, about: "the password"), "tls": .init(required: false),
        ]
        release = PreflightRelease(
            manifest: manifest, digest: zeros, record: nil, ports: ["web.http": 80, "db.sql": 5432],
            packBytes: 500_000, packs: 3, units: ["shop.web.blue.service"], tool: try #require(Version("0.1.0")))

        let layout = HostLayout(root: "/", product: name)
        facts = PreflightFacts(
            layout: layout,
            host: HostFacts(
                hostname: "h", kernelRelease: "6.1.0-37-amd64", machine: "x86_64", memoryBytes: 1 << 30, bootID: "b"))
        facts.systemd = 252
        facts.nft = [1, 0, 6]
        facts.commands = ["systemctl", "systemd-run", "systemd-sysusers", "nft", "ip", "openssl"]
        facts.activeUnits = ["chrony.service"]
        facts.libraries = HostLibraries(
            names: ["libc.so.6", "libpcre2.so.0"], interpreters: ["/lib64/ld-linux-x86-64.so.2"], glibc: [2, 36])
        facts.volumes = volumes(free: 1 << 30, inodes: 1000)
        facts.secrets = ["db": try secret(0o600)]
    }

    private func volumes(free: Int64, inodes: Int64?, readOnly: Bool = false) -> [PreflightVolume] {
        PreflightVolume.Use.allCases.map { use in
            let volume = Volume(id: 1, freeBytes: free, freeInodes: inodes, readOnly: readOnly)
            return PreflightVolume(use: use, path: "/var/lib/bundle/shop/staging", volume: volume)
        }
    }

    private func secret(_ permissions: UInt16) throws -> FileStatus {
        let path = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(path) }
        try FileSystem.write([1], to: path / "s", permissions: permissions, owner: .root)
        return try #require(try FileSystem.status(path / "s"))
    }

    func problems() -> [PreflightProblem] { Preflight(release: release, facts: facts).problems() }

    private func record(_ version: String, floor: String? = nil, digest: UInt8 = 9) throws -> StateRecord {
        let version = try #require(Version(version))
        let digest = try #require(Digest(bytes: [UInt8](repeating: digest, count: 32)))
        var record = StateRecord(name: release.manifest.name, addressIndex: 0)
        record.active = ActiveRelease(
            version: version, digest: digest, directory: "d", slot: .blue, since: 0, phase: .good, settings: digest,
            units: ["shop.web.blue.service"])
        record.releases = [
            ReleaseRecord(version: version, digest: digest, directory: "d", installedAt: 0, settings: digest)
        ]
        record.floor = try floor.map { try #require(Version($0)) } ?? version
        record.createdUser = true
        return record
    }

    @Test func nothingIsWrong() { #expect(problems() == []) }

    @Test mutating func everythingOfTheHostAtOnce() throws {
        facts.host.effectiveUser = 1000
        facts.host.machine = "aarch64"
        facts.host.kernelRelease = "4.19.0"
        facts.systemd = nil
        facts.nft = [0, 9, 6]
        facts.commands = []
        facts.activeUnits = []
        release.manifest.requires.memory = 2 << 30
        release.manifest.requires.systemd = 255
        release.manifest.requires.bundle = Version("9.0.0")
        #expect(
            problems() == [
                .notRoot, .wrongArchitecture(release: .amd64, machine: "aarch64"),
                .systemdTooOld(found: nil, needed: 255), .nftTooOld(found: [0, 9, 6], needed: [0, 9, 8]),
                .kernelTooOld(found: "4.19.0", needed: "5.10"),
                .commandMissing("ip"), .commandMissing("openssl"), .commandMissing("systemd-run"),
                .commandMissing("systemd-sysusers"), .unitNotActive("chrony.service"),
                .memoryTooSmall(found: 1 << 30, needed: 2 << 30),
                .bundleTooOld(found: release.tool, needed: try #require(Version("9.0.0"))),
            ])
    }

    // MARK: - Memory

    @Test(arguments: [(1024, true), (1084, true), (1114, false)])
    mutating func whatTheKernelKeepsIsForgiven(mebibytes: Int64, fits: Bool) {
        release.manifest.requires.memory = mebibytes << 20
        #expect(problems().isEmpty == fits)
    }

    @Test mutating func limitsOfBothSlotsAgainstTheHost() {
        release.memory.newSlot = 600 << 20
        release.memory.oldSlot = 424 << 20
        #expect(problems() == [])
        release.memory.once = 1
        #expect(problems() == [.limitsExceedMemory(release.memory, found: 1 << 30)])
        release.overcommit = true
        #expect(problems() == [])
        let warning = PlanWarning.limitsExceedMemory(needed: (1 << 30) + 1, found: 1 << 30)
        #expect(Preflight(release: release, facts: facts).warnings() == [warning])
    }

    @Test mutating func whatIsFreeNowOnlyWarns() {
        release.memory.additional = 300
        #expect(Preflight(release: release, facts: facts).warnings() == [])
        facts.availableMemory = 299
        #expect(problems() == [])
        #expect(
            Preflight(release: release, facts: facts).warnings() == [.memoryTight(needed: 300, available: 299)])
    }

    @Test mutating func movedState() throws {
        let root = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(root) }
        let status = try FileSystem.status(root)
        let free = MovedDirectory(path: "/srv/a", status: status, isEmpty: true, hasParent: true)
        let fresh = MovedDirectory(path: "/srv/b", status: nil, isEmpty: false, hasParent: true)
        facts.movedState = [free, fresh]
        #expect(problems() == [])
        let full = MovedDirectory(path: "/srv/c", status: status, isEmpty: false, hasParent: true)
        let lost = MovedDirectory(path: "/mnt/x/d", status: nil, isEmpty: false, hasParent: false)
        facts.movedState = [full, lost]
        #expect(problems() == [.stateNotOurs("/srv/c", user: 0), .stateParentMissing("/mnt/x/d")])
        facts.isUserOurs = true
        facts.user = Accounts(passwd: "_shop:x:0:997::/:/bin/false\n", group: "").account("_shop")
        facts.movedState = [full]
        #expect(problems() == [], "what the services' user owns is theirs already")
    }

    @Test(arguments: [([1, 0, 2], true), ([0, 9, 8], true), ([0, 9, 7], false), ([1], true), ([0, 10], true)])
    mutating func nftVersions(version: [Int], fits: Bool) {
        facts.nft = version
        #expect(problems().isEmpty == fits)
    }

    /// A number in a container is the same number outside of it.
    @Test mutating func anImagesUserIsNobodysLogin() throws {
        release.manifest.images = [
            "cache": Image(kind: "oci-archive", config: Image.Blob(digest: release.digest, bytes: 10), layers: [])
        ]
        facts.commands.insert("crun")
        release.runtime = RuntimeReport(.podman, .answers(version: [4, 3, 1]))
        var service = Service(run: [], image: "cache", strategy: .recreate)
        service.user = ContainerUser(user: 1000, group: 27)
        service.ports = ["sql": Port(port: 5432, container: 5432)]
        release.manifest.services = ["db": service]
        facts.users = [0: "root", 1000: "anna"]
        facts.groups = [0: "root", 27: "sudo", 1000: "anna"]
        #expect(
            problems() == [
                .noUnifiedControlGroups(service: "db"),
                .containerUserTaken(service: "db", number: 1000, name: "anna", isGroup: false),
                .containerUserTaken(service: "db", number: 27, name: "sudo", isGroup: true),
            ])
        facts.hasUnifiedControlGroups = true
        facts.users = [1000: "_shop"]
        facts.groups = [:]
        #expect(problems() == [])
    }

    // MARK: - Versions

    @Test mutating func downgradeBelowTheFloor() throws {
        release.record = try record("1.3.0", floor: "2.0.0")
        let floor = try #require(Version("2.0.0"))
        #expect(problems() == [.belowFloor(version: release.manifest.version, floor: floor)])
        release.isRollback = true
        #expect(problems() == [])
    }

    @Test mutating func sameVersionWithAnotherDigest() throws {
        release.record = try record("1.4.0")
        let installed = try #require(release.record?.active?.digest)
        #expect(
            problems() == [
                .otherDigest(version: release.manifest.version, installed: installed, offered: release.digest)
            ])
    }

    /// Pruned since, but called good here once.
    @Test mutating func goingBackToWhatWasHereIsAllowed() throws {
        let scratch = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(scratch) }
        let store = StateStore(layout: HostLayout(root: scratch, product: release.manifest.name))
        try store.commit(try record("1.4.0", digest: 0))
        var newer = try #require(try store.load())
        newer.active = try record("2.0.0").active
        newer.releases = []
        newer.floor = Version("2.0.0")
        release.record = try store.commit(newer)
        #expect(problems() == [])
    }

    @Test mutating func theDriverChangesOnlyWhileNothingServes() throws {
        release.driver = .sockets
        #expect(problems() == [])
        release.driver = .haproxy
        #expect(problems() == [.haproxyTooOld(found: nil, needed: [2, 6])])
        facts.haproxy = [2, 4, 30]
        #expect(problems() == [.haproxyTooOld(found: [2, 4, 30], needed: [2, 6])])
        facts.haproxy = [3, 0, 11]
        #expect(problems() == [])
        release.driver = .nftables
        var record = try record("1.3.0")
        record.driver = .haproxy
        release.record = record
        #expect(problems() == [.driverChanges(from: .haproxy, to: .nftables)])
        record.active = nil
        release.record = record
        #expect(problems() == [])
    }

    @Test mutating func upgradeFrom() throws {
        let oldest = try #require(Version("1.3.5"))
        release.manifest.requires.upgradeFrom = oldest
        #expect(problems() == [], "a first install is always allowed")
        release.record = try record("1.3.0")
        #expect(problems() == [.upgradeFromTooOld(installed: try #require(Version("1.3.0")), oldest: oldest)])
        release.record = try record("1.3.5")
        #expect(problems() == [])
    }

    // MARK: - Ports

    private func listener(_ address: [UInt8], _ port: Int, unit: String? = nil) -> PreflightListener {
        let owner = unit.map { SocketOwner(process: 5, program: "x", controlGroup: "/system.slice/\($0)") }
        return PreflightListener(endpoint: SocketEndpoint(address: address, port: port), owner: owner)
    }

    @Test mutating func strangersOnPorts() {
        facts.listeners = [
            listener([0, 0, 0, 0], 80, unit: "nginx.service"), listener([UInt8](repeating: 0, count: 16), 80),
            listener([127, 0, 0, 1], 5432), listener([0, 0, 0, 0], 22),
        ]
        #expect(
            problems() == [
                .portTaken(port: 80, use: "web.http", listener: "0.0.0.0:80", owner: facts.listeners[0].owner),
                .portTaken(port: 5432, use: "db.sql", listener: "127.0.0.1:5432", owner: nil),
            ])
    }

    @Test mutating func ourOwnListenersAreNotStrangers() throws {
        let slot: [UInt8] = [0xfd, 0x77] + [UInt8](repeating: 0, count: 13) + [9]
        facts.listeners = [listener([169, 254, 77, 1], 5432), listener(slot, 5432)]
        #expect(problems() == [])
        facts.listeners = [listener([0, 0, 0, 0], 80, unit: "shop.web.blue.service")]
        #expect(problems().count == 1, "a unit that only looks like ours")
        release.record = try record("1.3.0")
        #expect(problems() == [])
    }

    @Test mutating func portsOfOtherProductsAndPortsTwice() throws {
        let other = try #require(ReleaseName("forum"))
        facts.otherPorts = [80: other]
        release.ports["web.admin"] = 5432
        #expect(
            problems() == [
                .portOfOtherProduct(port: 80, use: "web.http", product: other),
                .portTwice(port: 5432, uses: ["db.sql", "web.admin"]),
            ])
    }

    // MARK: - Disk

    @Test mutating func usesOfOneFileSystemAddUp() {
        let blocks: Int64 = 12 * 4096
        let needed = 500_000 + 1_000_000 + blocks + (10 * 128 + (1 << 20)) + (1 << 20)
        facts.volumes = volumes(free: needed + needed / 20, inodes: nil)
        #expect(problems() == [])
        facts.volumes = volumes(free: needed + needed / 20 - 1, inodes: nil)
        #expect(
            problems() == [
                .noSpace(
                    path: "/var/lib/bundle/shop/staging", needed: needed + needed / 20,
                    free: needed + needed / 20 - 1)
            ])
    }

    @Test mutating func inodesAndReadOnly() {
        facts.volumes = volumes(free: 1 << 30, inodes: 20)
        #expect(problems() == [.noInodes(path: "/var/lib/bundle/shop/staging", needed: 67, free: 20)])
        facts.volumes = volumes(free: 1 << 30, inodes: nil, readOnly: true)
        #expect(problems() == [.readOnly(path: "/var/lib/bundle/shop/staging")])
    }

    @Test mutating func sizesAtTheEdgeDoNotTrap() {
        release.manifest.tree.bytes = Int64.max
        release.packBytes = Int64.max
        #expect(problems() == [.noSpace(path: "/var/lib/bundle/shop/staging", needed: Int64.max, free: 1 << 30)])
    }

    // MARK: - Executables

    @Test mutating func whatTheLoaderLacks() throws {
        let web = try #require(ReleasePath("bin/web"))
        facts.libraries = HostLibraries(names: ["libc.so.6"], interpreters: [], glibc: [2, 31])
        #expect(
            problems() == [
                .interpreterMissing("/lib64/ld-linux-x86-64.so.2", executables: [web]),
                .libraryMissing("libpcre2.so.0", executables: [web]),
                .glibcTooOld(found: "2.31", needed: "2.34", executables: [web]),
            ])
        facts.libraries.interpreters = ["/lib64/ld-linux-x86-64.so.2"]
        facts.libraries.glibc = [2, 34]
        release.treeFileNames = ["libpcre2.so.0"]
        #expect(problems() == [], "a library that comes along")
    }

    // MARK: - Strangers and secrets

    @Test mutating func whatIsNotOurs() throws {
        let account = Accounts(passwd: "_shop:x:998:997::/:/bin/false\n", group: "").account("_shop")
        facts.user = account
        facts.foreignUnits = ["/etc/systemd/system/shop.web.blue.service"]
        facts.directories = ["/opt/shop"]
        #expect(
            problems() == [
                .userNotOurs("_shop"), .unitNotOurs("/etc/systemd/system/shop.web.blue.service"),
                .directoryNotOurs("/opt/shop"),
            ])
        facts.foreignUnits = []
        release.record = try record("1.3.0")
        #expect(problems() == [])
    }

    @Test mutating func afterARemoveTheDataIsStillOurs() {
        facts.directories = ["/var/lib/shop"]
        facts.wasHere = true
        #expect(problems() == [])
    }

    @Test mutating func secretsAllAtOnce() throws {
        let directory = facts.layout.secrets
        facts.secrets = ["tls": try secret(0o640)]
        #expect(
            problems() == [
                .secretMissing(id: "db", path: directory / "db", about: "the password"),
                .secretExposed(id: "tls", path: directory / "tls", permissions: 0o640, user: 0),
            ])
    }
}
