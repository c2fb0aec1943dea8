// SPDX-License-Identifier: Apache-2.0
import HostRecords

extension HostStatus {
    /// What the site's files say otherwise than when the release that serves was installed or reconfigured: an edit that
    /// does not run yet, or a way back to values of then.
    mutating func lookForEdits(_ layout: HostLayout) {
        guard let active = record.active, let now = try? SiteFiles.documents(layout),
            let then = try? SiteFiles.read(from: layout.evidence(active.directory))
        else { return }
        edits = SettingChange.list(from: then, to: now)
    }
}
