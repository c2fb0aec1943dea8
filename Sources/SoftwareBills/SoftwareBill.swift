// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What a release or an image is made of, as far as it says so itself.
package struct SoftwareBill: Equatable, Sendable {
    /// One thing in it.
    package struct Component: Equatable, Sendable {
        /// CycloneDX's words.
        package enum Kind: String, Sendable {
            case application, container, file, library
            case operatingSystem = "operating-system"
        }

        package var kind: Kind
        package var name: String
        package var version: String?
        package var url: String?
        package var sha256: Digest?
        /// Paths of the files that say that it is here; sorted, the first `mostPlaces`.
        package var places: [String] = []
        /// How many more files say so.
        package var morePlaces = 0
        /// `urn:cdx:…` of the bill that says what is in it.
        package var bill: String?

        /// A module that is in each of thousands of programs would list them all.
        package static let mostPlaces = 100

        package init(
            kind: Kind, name: String, version: String? = nil, url: String? = nil, sha256: Digest? = nil,
            places: [String] = [], morePlaces: Int = 0, bill: String? = nil
        ) {
            self.kind = kind
            self.name = name
            self.version = version
            self.url = url
            self.sha256 = sha256
            self.places = places
            self.morePlaces = morePlaces
            self.bill = bill
        }

        /// - Parameter place: greater than those before it.
        mutating func add(place: String) {
            if places.count < Component.mostPlaces { places.append(place) } else { morePlaces += 1 }
        }

        /// Unlike every other one's in the same bill.
        package var reference: String {
            if kind == .operatingSystem { return "os:\(name)" + (version.map { "@\($0)" } ?? "") }
            if kind == .container { return "container:\(name)" }
            return url ?? "\(kind.rawValue):\(name)"
        }
    }

    /// A file that would say what is in it, and why it could not be read.
    package struct Unread: Equatable, Sendable {
        package let place: String
        package let reason: String

        package init(place: String, reason: String) {
            self.place = place
            self.reason = reason
        }
    }

    package var subject: Component
    /// Sorted by `reference`.
    package private(set) var components: [Component] = []
    /// Sorted by place. A bill with one of these is not complete.
    package private(set) var unread: [Unread] = []

    package init(
        of subject: Component, _ components: [Component], _ view: FileSystemView, unread: [Unread] = []
    ) {
        self.subject = subject
        var found: [String: Component] = [:]
        for component in components { found[component.reference] = component }
        self.unread = unread + view.gaps
        let distribution = ["etc/os-release", "usr/lib/os-release"].lazy
            .compactMap { path -> Distribution? in
                if case .distribution(let it)? = view.findings[path] { it } else { nil }
            }.first
        if let distribution {
            let system = Component(kind: .operatingSystem, name: distribution.id, version: distribution.version)
            found[system.reference] = system
        }
        for (path, finding) in view.findings.sorted(by: { $0.key < $1.key }) {
            switch finding {
            case .distribution: break
            case .unread(let reason): self.unread.append(Unread(place: path, reason: reason))
            case .packages(let packages):
                var illegible = 0
                var named: Set<String> = []
                for package in packages {
                    guard !package.isIllegible else {
                        illegible += 1
                        continue
                    }
                    let url = package.url(on: distribution).description
                    // In place: a copy of its places for each one more would take the square of them.
                    let new = Component(kind: .library, name: package.name, version: package.shownVersion, url: url)
                    if named.insert(url).inserted { found[url, default: new].add(place: path) }
                    if package.isProgram { found[url]?.kind = .application }
                }
                if illegible > 0 {
                    self.unread.append(Unread(place: path, reason: "\(illegible) packages whose names are no UTF-8"))
                }
            }
        }
        self.components = found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { entry in
            var component = entry.value
            component.places.sort()
            return component
        }
        self.unread.sort { ($0.place, $0.reason) < ($1.place, $1.reason) }
    }

    /// What is left of one that is too large to be read again.
    package func withoutComponents(_ reason: String) -> SoftwareBill {
        SoftwareBill(subject: subject, components: [], unread: [Unread(place: SoftwareBill.rest, reason: reason)])
    }

    /// In the place of a path: what is not there one by one.
    static let rest = "the rest"

    /// As a document says it.
    init(subject: Component, components: [Component], unread: [Unread]) {
        self.subject = subject
        self.components = components
        self.unread = unread
    }
}
