// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// What a release is made of: binaries, files, images, secrets, config files.
extension SpecDecoder {
    func binaries() -> [BinarySource] {
        var seen: [String: Place] = [:]
        return root.elements("binaries").enumerated().compactMap { index, node in
            let section = Section(node, .binary, path: "binaries[\(index)]", ledger, fallback: node.place)
            let from = section.path("from")
            guard let name = section.has("as") ? section.text("as") : from?.lastName else {
                if from != nil, !section.has("as") { report(section, missing: "as") }
                return nil
            }
            guard ReleasePath.isSegment(name) else {
                section.report("as", .badText(path: section.below("as"), text: name, expected: .releasePath))
                return nil
            }
            note(name, section, in: &seen)
            return from.map { BinarySource(from: $0, as: name) }
        }
    }

    func files() -> [FileSource] {
        var seen: [String: Place] = [:]
        return root.elements("files").enumerated().compactMap { index, node in
            let section = Section(node, .file, path: "files[\(index)]", ledger, fallback: node.place)
            let from = section.path("from")
            guard let to = section.has("to") ? section.text("to", .releasePath) : from?.lastName else {
                if from != nil, !section.has("to") { report(section, missing: "to") }
                return nil
            }
            note(to, section, in: &seen)
            guard let from, let path = ReleasePath(to) else { return nil }
            return FileSource(from: from, to: path)
        }
    }

    private func report(_ section: Section, missing key: String) {
        ledger.report(section.place, .missingKey(key, path: section.path))
    }

    /// Two sources for one path of the release: whichever came second would win unseen.
    private func note(_ destination: String, _ section: Section, in seen: inout [String: Place]) {
        if let first = seen.updateValue(section.place, forKey: destination) {
            ledger.report(section.place, .duplicate(.destination, name: destination, first: first))
        }
    }

    func images(_ arch: [Architecture]) -> [String: ImageSource] {
        root.entries("images").reduce(into: [:]) { images, pair in
            images[pair.name] = ImageDecoder(pair, arch: arch, ledger).decode()
        }
    }

    func services(_ cutover: CutoverSettings) -> [String: Service] {
        var services: [String: Service] = [:]
        let pairs = root.entries("services", grammar: .name)
        if pairs.isEmpty, let node = root["services"], node.mapping != nil {
            ledger.report(node.place, .contradiction(path: "services", .noneGiven(["services"])))
        }
        var ports = PortBook(ledger: ledger)
        for pair in pairs {
            let path = "services.\(pair.name)"
            let section = Section(pair.value, .service, path: path, ledger, fallback: pair.key.place)
            let decoder = ServiceDecoder(section: section, declared: declared, cutover: cutover)
            services[pair.name] = decoder.decode(&ports, name: pair.name)
        }
        for (service, port, number) in ports.assigned() { services[service]?.ports[port]?.port = number }
        return services
    }
}
