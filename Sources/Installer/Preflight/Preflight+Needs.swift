// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

extension Preflight {
    /// What the release's programs ask of the loader: a program that cannot start is found here, not at start time.
    func libraries() -> [PreflightProblem] {
        var interpreters: [String: [ReleasePath]] = [:]
        var missing: [String: [ReleasePath]] = [:]
        var tooNew: [ReleasePath] = []
        var newest = ""
        for executable in manifest.executables {
            guard let elf = executable.elf else { continue }
            if let interpreter = elf.interpreter, !facts.libraries.interpreters.contains(interpreter) {
                interpreters[interpreter, default: []].append(executable.path)
            }
            for library in elf.libraries
            where !facts.libraries.names.contains(library) && !release.treeFileNames.contains(library) {
                missing[library, default: []].append(executable.path)
            }
            if let glibc = elf.glibc,
                Preflight.isOlder(facts.libraries.glibc, than: HostFacts.dottedNumbers(glibc))
            {
                tooNew.append(executable.path)
                let known = HostFacts.dottedNumbers(newest)
                if Preflight.isOlder(known, than: HostFacts.dottedNumbers(glibc)) { newest = glibc }
            }
        }
        var found: [PreflightProblem] = []
        for (name, paths) in interpreters.sorted(by: { $0.key < $1.key }) {
            found.append(.interpreterMissing(name, executables: paths))
        }
        for (name, paths) in missing.sorted(by: { $0.key < $1.key }) {
            found.append(.libraryMissing(name, executables: paths))
        }
        if !tooNew.isEmpty {
            let host = facts.libraries.glibc.map(String.init).joined(separator: ".")
            found.append(.glibcTooOld(found: host.isEmpty ? nil : host, needed: newest, executables: tooNew))
        }
        return found
    }

    /// What carries our names and was not made by us: nothing of it may be taken over, or taken away later.
    func strangers() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        let isRecorded = release.record != nil
        if let user = facts.user, !facts.isUserOurs, release.record?.createdUser != true {
            found.append(.userNotOurs(user.name))
        }
        found += facts.foreignUnits.map { .unitNotOurs($0) }
        if !isRecorded && !facts.wasHere { found += facts.directories.map { .directoryNotOurs($0) } }
        return found
    }

    func secrets() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        for (id, declaration) in manifest.secrets.sorted(by: { $0.key < $1.key }) {
            let path = facts.layout.secret(id)
            guard let status = facts.secrets[id] else {
                if declaration.required { found.append(.secretMissing(id: id, path: path, about: declaration.about)) }
                continue
            }
            if status.kind != .file {
                found.append(.secretNotAFile(id: id, path: path))
            } else if status.permissions & 0o077 != 0 || status.user != 0 {
                found.append(
                    .secretExposed(id: id, path: path, permissions: status.permissions, user: status.user))
            }
            if facts.binarySecrets.contains(id) { found.append(.secretNotText(id: id, path: path)) }
        }
        return found
    }
}
