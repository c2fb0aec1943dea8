// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The units that belong to a product or to the tool rather than to one service. None of them but the boot unit is ever
/// enabled: which slot runs is in the state record, not in a link below `/etc/systemd`.
package struct ProductUnits: Equatable, Sendable {
    package let names: UnitNames

    package init(product: ReleaseName) { names = UnitNames(product: product) }

    /// `NAME.SLOT.target`: starting it starts the slot, stopping it stops the slot.
    /// - Parameter services: the slot's services; those that run once belong to `productTarget`.
    package func slotTarget(_ slot: Slot, services: [String]) throws(UnitError) -> UnitText {
        var unit = UnitText(name: names.target(slot))
        try unit.add("Unit", "Description", "\(names.product) (\(slot.rawValue))")
        try unit.add("Unit", "PartOf", names.target)
        for service in services.sorted() {
            try unit.add("Unit", "Wants", names.service(service, slot: slot))
            try unit.add("Unit", "After", names.service(service, slot: slot))
        }
        return unit
    }

    /// `NAME.target`: everything of the product; stopping it stops both slots.
    /// - Parameter recreate: the services that run once.
    package func productTarget(recreate: [String]) throws(UnitError) -> UnitText {
        var unit = UnitText(name: names.target)
        try unit.add("Unit", "Description", "\(names.product)")
        for service in recreate.sorted() {
            try unit.add("Unit", "Wants", names.service(service, slot: nil))
            try unit.add("Unit", "After", names.service(service, slot: nil))
        }
        return unit
    }
}

/// The one unit that is enabled: after a boot it projects what the state records say (design section 8).
package enum BootUnit {
    package static let name = "bundle-boot.service"
    /// Where its link stands, beside the unit files.
    package static let wants = "multi-user.target.wants"

    /// It starts after whatever loads a firewall, because that may flush our tables. It queues slots with `--no-block`:
    /// a unit that waits for what is ordered after it hangs the boot. One that is killed (systemd.service(5), `on-abnormal`:
    /// by a signal or its time) is begun again, since nobody else would bring the host up.
    package static let text = """
        # Written by bundle; it brings back what was installed on this host.

        [Unit]
        Description=bundle: bring back the installed releases
        After=local-fs.target network.target nftables.service firewalld.service ufw.service netfilter-persistent.service
        ConditionPathExists=/usr/lib/bundle/bundle

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/lib/bundle/bundle recover --boot
        SyslogIdentifier=bundle
        TimeoutStartSec=10min
        Restart=on-abnormal
        RestartSec=1

        [Install]
        WantedBy=multi-user.target

        """
}
