// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The names that a product takes on a host (design section 7).
package struct UnitNames: Equatable, Sendable {
    package let product: ReleaseName

    package init(product: ReleaseName) { self.product = product }

    /// `NAME.SERVICE.SLOT.service`, or `NAME.SERVICE.service` for a service that runs once.
    package func service(_ service: String, slot: Slot?) -> String { stem(service, slot: slot) + ".service" }

    /// The unit's name without its suffix; also the container's name and the runtime directory's.
    package func stem(_ service: String, slot: Slot?) -> String {
        slot.map { "\(product).\(service).\($0.rawValue)" } ?? "\(product).\(service)"
    }

    /// The transient unit that watches a canary and keeps it going.
    package var canaryWatch: String { "bundle-canary-\(product).service" }

    package func target(_ slot: Slot) -> String { "\(product).\(slot.rawValue).target" }
    package var target: String { "\(product).target" }

    /// A slice of one copy's own, in `system.slice`: a dash in its name would be another level of the tree
    /// (systemd.slice(5)), and no name of ours has an underscore.
    package func slice(_ stem: String) -> String { "system-\(UnitNames.withoutDashes(stem)).slice" }

    /// What all slices of the product begin with.
    package var slicePrefix: String { "system-\(UnitNames.withoutDashes(product.text))." }

    private static func withoutDashes(_ text: String) -> String { text.map { $0 == "-" ? "_" : String($0) }.joined() }

    /// A job's part of the names above; no service's name has a dot.
    package static func job(_ name: String, at moment: Job.Moment) -> String { "\(name).\(moment.rawValue)" }

    /// What the journal shows: the same in both slots.
    package func syslogIdentifier(_ service: String) -> String { "\(product).\(service)" }

    /// The system user that all services of the product run as.
    package var user: String { "_\(product)" }

    /// sysusers.d(5): a locked user without a home that anything could be written to.
    package var sysusersText: String {
        """
        # Written by bundle: the user of \(product)'s services.
        u \(user) - "services of \(product)" / /usr/sbin/nologin

        """
    }

    /// The file name below `/etc/sysusers.d`.
    package var sysusersFile: String { "bundle-\(product).conf" }

    /// Where a service finds its credentials: the value of `credentials.SERVICE`. An image sees them below a path of its
    /// own, because its program is not the unit's user (decision 0020).
    package func credentials(_ service: String, slot: Slot?, image: Bool) -> String {
        image ? ImageUnit.credentials : "/run/credentials/\(self.service(service, slot: slot))"
    }
}
