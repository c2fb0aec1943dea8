// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

/// What a rehearsal measured, on one screen.
struct RehearsalText {
    let figures: RehearsalFigures

    init(_ figures: RehearsalFigures) { self.figures = figures }

    /// - Throws: `ExitStatus.failedNothingChanged` when a connection failed: the figures have said why.
    func give(_ console: Console) throws {
        if console.json { console.answer(json: json) } else { console.answer(text) }
        if !figures.passed { throw HostVerbError.rehearsalFailed(figures) }
    }

    private var rate: Int64 { Int64(figures.connections) * 1000 / max(1, figures.milliseconds) }

    private var text: String {
        let failed = figures.failed.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return """
            \(figures.name) \(figures.version): rehearsed against \(figures.serving), which served all the while
              flips        \(figures.flips), \(figures.medianFlip) ms each, the longest \(figures.longestFlip) ms
              connections  \(figures.connections) in \(figures.milliseconds / 1000) s, \(rate) a second, to \(figures.ports.joined(separator: ", "))
              failed       \(figures.failures)\(failed.isEmpty ? "" : ": " + failed.joined(separator: ", "))
              longest      \(figures.longestStall) ms until an answer began
              drain        \(figures.drain.map { "\($0) ms until the slot that was left was empty" } ?? "connections were left after 10 s")
            everything was taken away again
            """
    }

    private var json: JSONValue {
        [
            "name": .string(figures.name.text), "version": .string(figures.version.description),
            "digest": .string(figures.digest.hex), "serving": .string(figures.serving.description),
            "passed": .bool(figures.passed), "flips": .integer(Int64(figures.flips)),
            "flip_median": .integer(figures.medianFlip), "flip_longest": .integer(figures.longestFlip),
            "connections": .integer(Int64(figures.connections)), "failed": .integer(Int64(figures.failures)),
            "longest_stall": .integer(figures.longestStall),
            "drain": figures.drain.map { .integer($0) } ?? .null,
            "duration": .integer(figures.milliseconds), "ports": .array(figures.ports.map { .string($0) }),
        ]
    }
}
