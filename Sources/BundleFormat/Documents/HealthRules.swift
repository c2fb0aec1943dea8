// SPDX-License-Identifier: Apache-2.0

/// What the manifest says of one health check, held against its service (format §7.8).
enum HealthRules {
    static func check(_ check: HealthCheck, _ service: Service, _ manifest: Manifest, _ place: String)
        throws(ManifestFault)
    {
        guard check.passes >= 1, check.interval.milliseconds > 0, check.within?.milliseconds ?? 1 > 0,
            check.deadline?.milliseconds ?? 1 > 0
        else { throw .badNumber(at: place) }
        let probe = check.probe
        if let port = probe.port, service.ports[port] == nil { throw .unknownReference(at: place, port) }
        // Both go into a request as they are: a line feed would be another header.
        if let path = probe.path {
            guard path.hasPrefix("/"), isVisible(path) else { throw .badText(at: place) }
        }
        if let host = probe.host {
            guard !host.isEmpty, isVisible(host) else { throw .badText(at: place) }
        }
        if let tls = probe.tls {
            guard manifest.secrets[tls.ca] != nil else { throw .unknownReference(at: place + ".tls", tls.ca) }
            // Without a name to check, anybody's certificate of that authority would do.
            guard Grammar.isHostName(probe.host ?? "") else { throw .contradiction(at: place + ".tls") }
        }
        try checkKind(probe, service, place)
    }

    private static func checkKind(_ probe: HealthCheck.Probe, _ service: Service, _ place: String)
        throws(ManifestFault)
    {
        switch probe {
        case .http(_, _, let status, _, _, _):
            guard (100...599).contains(status) else { throw .badNumber(at: place) }
        case .exec(let command):
            guard !command.isEmpty else { throw .badText(at: place) }
        case .grpc(_, let name, _, _):
            guard name.utf8.count <= 255, Grammar.isLine(name) else { throw .badText(at: place) }
        case .websocket(_, _, let send, let expect, _, _):
            guard send == nil || expect != nil else { throw .contradiction(at: place) }
        case .metrics(_, _, let sample, let bounds, _, _):
            guard SampleSelector(sample) != nil else { throw .badText(at: place + ".sample") }
            let given = [bounds.atMost, bounds.atLeast].compactMap(\.self)
            guard !given.isEmpty, bounds.againstOld || !given.contains(where: \.isShare),
                !(bounds.againstOld && service.strategy == .recreate), bounds.per?.milliseconds ?? 1 > 0
            else { throw .contradiction(at: place + ".bounds") }
        case .log(let pattern, let atMost, let per):
            guard !pattern.isEmpty, Grammar.isLine(pattern) else { throw .badText(at: place) }
            guard atMost >= 0, per.milliseconds > 0 else { throw .badNumber(at: place) }
        case .tcp, .notify, .alive, .sse: break
        }
    }

    /// Printable, no blank: what a request line and a header may hold.
    private static func isVisible(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f } && Grammar.isLine(text)
    }
}
