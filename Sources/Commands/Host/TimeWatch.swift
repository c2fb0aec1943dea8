// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Reporting
import Trust

/// Says what is odd about this host's time, once a run.
enum TimeWatch {
    /// - Parameter created: of the bundle at hand, when it was proven.
    static func warn(_ console: Console, now: Int64, created: String? = nil) {
        // What cannot be read is somebody else's to complain of; time is never a reason to stop.
        let log = try? AuditLog().lastEntry()
        let root = (try? HostTrust.load())?.chain.newest.root
        let best = root.flatMap { root in
            root.bestBefore.flatMap { text in UTCSeconds.read(text).map { (root.number, $0, text) } }
        }
        let notices = TimeNotice.judge(
            now: now, lastLogged: log?.wallSeconds, created: created.flatMap { UTCSeconds.read($0) }, bestBefore: best)
        for notice in notices { console.warn(code: notice.code, notice.words) }
    }
}
