// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostSystem
import Registries
import Synchronization

/// Pushes images one after the other: first it asks for everything that is missing, then it sends that.
struct MirrorRun {
    struct Entry {
        let name: String
        let order: ImagePusher.Order
    }

    /// What became of one image.
    struct Pushed: Equatable {
        let name: String
        let repository: String
        let tag: String
        let digest: Digest
        /// The image came without a manifest; this one was made.
        let isMade: Bool
        let sentBlobs: Int
        let sentBytes: Int64
        let heldBlobs: Int

        func reference(_ registry: String) -> String { "\(registry)/\(repository):\(tag)@sha256:\(digest)" }

        func words(isDry: Bool) -> String {
            "\(name): \(sentBlobs) blobs, \(sentBytes) bytes \(isDry ? "to send" : "sent"), \(heldBlobs) there already"
                + (isMade ? "; it came without a manifest, this one was made of it" : "")
        }

        func document(_ registry: String) -> JSONValue {
            [
                "image": .string(name), "reference": .string(reference(registry)),
                "digest": .string("sha256:\(digest)"), "manifest": .string(isMade ? "made" : "carried"),
                "blobs": .integer(Int64(sentBlobs)), "bytes": .integer(sentBytes),
                "held_blobs": .integer(Int64(heldBlobs)),
            ]
        }
    }

    let pusher: ImagePusher
    let source: MirrorSource
    let events: any EventSink
    let isDry: Bool
    let replaces: Bool

    func push(_ entries: [Entry]) async throws -> [Pushed] {
        var missing: [[Image.Blob]] = []
        for entry in entries { missing.append(try await pusher.missing(entry.order, replaceable: replaces)) }
        let total = missing.joined().reduce(0) { $0 + $1.bytes }
        let done = Mutex<Int64>(0)
        let events = events
        var elsewhere: [Digest: String] = [:]
        if !isDry { events.receive(.stepStarted(id: "push", title: "push images", index: 0, total: 1)) }
        for (entry, blobs) in zip(entries, missing) where !isDry {
            let source = source
            try await pusher.push(
                entry.order, missing: blobs, elsewhere: elsewhere,
                progress: { bytes in
                    let now = done.withLock { sum in
                        sum += bytes
                        return sum
                    }
                    events.receive(.progress(id: "push", done: min(now, total), total: total))
                }, writing: { try source.write($0, to: $1) })
            for blob in entry.order.blobs { elsewhere[blob.digest] = entry.order.repository }
        }
        if !isDry { events.receive(.stepFinished(id: "push", milliseconds: 0)) }
        return zip(entries, missing).map { entry, blobs in
            Pushed(
                name: entry.name, repository: entry.order.repository, tag: entry.order.tag,
                digest: entry.order.digest, isMade: entry.order.image.manifest == nil, sentBlobs: blobs.count,
                sentBytes: blobs.reduce(0) { $0 + $1.bytes }, heldBlobs: entry.order.blobs.count - blobs.count)
        }
    }
}
