// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Glibc
import HostSystem
import Installer

/// For units of images under containerd only: what runc is given before each start, and what is left behind a stop.
struct ContainerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "container", abstract: "Prepare and take away the containers of units under containerd.",
        shouldDisplay: false, subcommands: [Prepare.self, End.self])

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take away what there is of a container.")

        @Argument(help: "The unit's name, without its suffix.") var name: String

        func run() async throws { await ContainerdContainer(name, runner: SystemCommandRunner()).end() }
    }

    struct Prepare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Unpack a container's root and write what runc runs it by.")

        @Argument(help: "The unit's name, without its suffix.") var name: String
        @Option(help: "The product, as whose user it runs.") var product: String
        @Option(help: "The image's ID.") var image: String
        @Option(help: "UID:GID, instead of the product's user; the product's group is beside them.") var user: String?
        @Flag(help: "The program may write anywhere in its root.") var writable = false
        @Option(help: "How many files it may have open.") var files: Int?
        @Option(parsing: .singleValue, help: "PATH:PLACE, read-only.") var read: [String] = []
        @Option(parsing: .singleValue, help: "PATH:PLACE, to be written.") var write: [String] = []
        @Option(parsing: .unconditionalSingleValue, help: "NAME=VALUE.") var env: [String] = []
        @Option(parsing: .singleValue, help: "A credential that the program gets as a variable.") var secret: [String] =
            []
        @Option(parsing: .unconditional, help: "In place of the image's entry point.") var program: String?
        @Argument(parsing: .postTerminator, help: "What the program is told.") var arguments: [String] = []

        func run() async throws {
            guard let product = ReleaseName(self.product), let image = Digest(hex: self.image) else {
                throw ValidationError("\(self.product) is no product, or \(self.image) no digest")
            }
            let names = UnitNames(product: product)
            guard let account = try Accounts.read().account(names.user) else {
                throw ValidationError("there is no user \(names.user)")
            }
            let own = user?.split(separator: ":").compactMap { Int($0) } ?? [Int(account.user), Int(account.group)]
            guard own.count == 2 else { throw ValidationError("--user takes UID:GID") }
            var request = ContainerRequest(
                product: product, image: image, user: own[0], group: own[1], groups: [Int(account.group)])
            request.isWritable = writable
            request.files = files
            request.mounts = try mounts(read, readOnly: true) + mounts(write, readOnly: false)
            request.environment = try env + secret.map { "\($0)=\(try Self.credential($0))" }
            request.program = program
            request.arguments = arguments
            let group = try ControlGroup.own().name()
            try await ContainerdContainer(name, runner: SystemCommandRunner()).prepare(request, in: group)
        }

        private func mounts(_ texts: [String], readOnly: Bool) throws -> [ContainerRequest.Mount] {
            try texts.map { text in
                let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2 else { throw ValidationError("\(text) is not PATH:PLACE") }
                return ContainerRequest.Mount(source: parts[0], place: parts[1], readOnly: readOnly)
            }
        }

        /// Without the line feeds at its end, as a shell reads it for the other runtimes.
        private static func credential(_ id: String) throws -> String {
            guard let directory = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }) else {
                throw ValidationError("\(id) is a credential of the unit, and this is none")
            }
            var bytes = try FileSystem.readAll(HostPath(directory) / id, limit: 1 << 20)
            while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
