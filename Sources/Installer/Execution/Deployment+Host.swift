// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// Steps that prepare the host: the service user, directories of data, checks of config.
extension Deployment {
    // MARK: - The service user

    func createAccount() async throws {
        let text = UnitNames(product: plan.name).sysusersText
        try FileSystem.createDirectories(layout.sysusersFile.parent)
        let path = layout.sysusersFile
        let held = try FileSystem.exists(path) ? try FileSystem.readAll(path, limit: 1 << 16) : []
        // Written once: an upgrade touches nothing that its plan does not name.
        if held != Array(text.utf8) { try FileSystem.write(Array(text.utf8), to: path, permissions: 0o644) }
        let result = try await environment.runner.run(Command(["systemd-sysusers", layout.sysusersFile.text]))
        guard result.status == 0 else { throw DeploymentError.sysusersFailed(output: result.errorText) }
        // Data directories of services come with their units (StateDirectory=); this is what they stand in.
        try FileSystem.createDirectories(layout.data)
        try createMovedState()
    }

    /// What preflight found to be free, or ours already.
    private func createMovedState() throws {
        let accounts = try Accounts.read(root: layout.root)
        guard !plan.movedState.isEmpty, let user = accounts.account(layout.user) else { return }
        let owner = FileOwner(user: user.user, group: user.group)
        for path in plan.movedState {
            guard let status = try FileSystem.status(path) else {
                try FileSystem.createDirectory(path, permissions: 0o700, owner: owner)
                continue
            }
            if status.kind == .directory, status.user != owner.user { try FileSystem.setOwner(path, owner) }
        }
    }

    func undoAccount() async throws {
        guard plan.createsUser else { return }
        try FileSystem.remove(layout.sysusersFile)
        _ = try? await environment.runner.run(Command(["userdel", layout.user]))
        // Only when nothing was written there.
        _ = try? FileSystem.removeEmptyDirectory(layout.data)
    }

    // MARK: - Checks of config

    /// As the service's user and in a unit of its own, never in the installer.
    func checkConfig() async throws {
        for check in rendered.checks {
            let result = try await environment.services.run(check.task)
            guard result.status == 0 else {
                throw DeploymentError.configCheckFailed(
                    config: check.config, service: check.service, status: result.status,
                    output: check.isSensitive ? nil : result.outputText + result.errorText)
            }
        }
    }
}
