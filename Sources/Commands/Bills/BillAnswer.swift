// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import SoftwareBills

/// What is in releases, or what of it a question finds, for people and for programs.
struct BillAnswer {
    private let releases: [BilledRelease]
    private let query: BillQuery?
    private let found: Int

    init(_ releases: [BilledRelease], _ query: BillQuery?) {
        self.releases = releases
        self.query = query
        found = releases.reduce(0) { $0 + $1.hits(query).count }
    }

    func give(_ console: Console) {
        if console.json { return console.answer(json: json) }
        console.answer(Console.printable(text))
        for release in releases {
            if release.bills.isEmpty {
                console.warn("\(release.title) has no software bill: what it holds is not known")
            }
            let gaps = release.bills.flatMap { bill in bill.bill.unread.map { (image: bill.image, gap: $0) } }
            let more: (Int) -> String = { count in
                "\(release.title): the bill lacks what \(count) more files say: --json names each"
            }
            console.warn(ofEach: gaps, more: more) { image, gap in
                let owner = image.map { "\(release.title), image \($0)" } ?? release.title
                return "\(owner): the bill lacks what \(gap.place) says: \(gap.reason)"
            }
        }
    }

    var text: String {
        var lines: [String] = []
        for release in releases {
            let hits = release.hits(query)
            if query != nil, hits.isEmpty { continue }
            lines.append(release.title + (release.standing.map { " (\($0.words))" } ?? ""))
            let rows = hits.map(BillAnswer.row)
            let widths = (0..<2).map { column in min(48, rows.map { $0[column].count }.max() ?? 0) }
            lines += rows.map { row in
                "  " + BillAnswer.padded(row[0], widths[0]) + "  " + BillAnswer.padded(row[1], widths[1])
                    + "  \(row[2])"
            }
            if query == nil { lines.append("  and \(release.files) files: `--search` looks at their names, too") }
        }
        lines.append("found: \(found)")
        return lines.joined(separator: "\n")
    }

    private static func row(_ hit: BilledRelease.Hit) -> [String] {
        let component = hit.component
        var version = component.version ?? "-"
        if component.kind == .container { version = String(version.prefix("sha256:".count + 12)) }
        let owner: String
        switch (hit.image, component.kind) {
        case (let image?, _): owner = "image \(image)"
        case (nil, .container): owner = "an image of the release"
        case (nil, .file): owner = "a file of the release"
        default: owner = "the release"
        }
        let places = component.places
        let count = places.count + component.morePlaces
        let more = count > 2 ? " and \(count - 2) more" : ""
        return [
            component.name, version,
            owner + (places.isEmpty ? "" : ": \(places.prefix(2).joined(separator: ", "))\(more)"),
        ].map(Console.line)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    var json: JSONValue {
        [
            "found": .integer(Int64(found)),
            "releases": .array(
                releases.map { release in
                    var members: [JSONValue.Member] = [
                        .init("release", .string(release.title)), .init("has_bill", .bool(!release.bills.isEmpty)),
                        .init("components", .array(release.hits(query).map(BillAnswer.json))),
                        .init(
                            "unread",
                            .array(
                                release.bills.flatMap { bill in
                                    bill.bill.unread.map {
                                        [
                                            "image": BillAnswer.json(bill.image), "place": .string($0.place),
                                            "reason": .string($0.reason),
                                        ]
                                    }
                                })),
                    ]
                    if let standing = release.standing {
                        members += [
                            .init("name", .string(standing.product)), .init("version", .string(standing.version)),
                            .init("digest", .string(standing.digest)), .init("standing", .string(standing.word)),
                            .init("slot", BillAnswer.json(standing.slot?.rawValue)),
                            .init("services", .array(standing.services.map { .string($0) })),
                        ]
                    }
                    return .object(members)
                }),
        ]
    }

    private static func json(_ hit: BilledRelease.Hit) -> JSONValue {
        let component = hit.component
        return [
            "image": json(hit.image), "type": .string(component.kind.rawValue), "name": .string(component.name),
            "version": json(component.version), "purl": json(component.url), "sha256": json(component.sha256?.hex),
            "places": .array(component.places.map { .string($0) }),
        ]
    }

    private static func json(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
