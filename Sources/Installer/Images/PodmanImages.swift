// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// What podman is told about images; every command is a value that tests compare.
enum PodmanImages {
    static func exists(_ id: Digest) -> Command { Command(["podman", "image", "exists", id.hex]) }

    /// podman-pull(1): the layers that it lacks, by their digests.
    static func pull(_ reference: String) -> Command {
        Command(["podman", "pull", "--quiet", "--tls-verify=false", reference], timeoutSeconds: 3600)
    }

    /// A name of ours keeps `podman image prune` away from it; the endpoint's own is gone with the endpoint.
    static func naming(_ id: Digest, _ product: ReleaseName, from reference: String) -> [Command] {
        [
            Command(["podman", "tag", id.hex, name(id, product)]),
            Command(["podman", "untag", id.hex, reference]),
        ]
    }

    /// podman-image-rm(1): of the last name the image goes with it, unless a container uses it.
    static func remove(_ name: String) -> Command { Command(["podman", "image", "rm", name]) }

    /// One on each line.
    static func names(_ id: Digest) -> Command {
        Command(["podman", "image", "inspect", "--format", "{{range .RepoTags}}{{println .}}{{end}}", id.hex])
    }

    /// Whether we gave a name, for now or for good; others keep theirs, and the image with it.
    static func isOurs(_ name: String, _ id: Digest, _ product: ReleaseName) -> Bool {
        name == self.name(id, product)
            || (name.hasPrefix("127.0.0.1:") && name.contains("/\(ImageShelf.prefixBegin)"))
    }

    /// Whatever a product is called, it fits into a tag; not into a repository's name.
    static func name(_ id: Digest, _ product: ReleaseName) -> String {
        "localhost/bundle:\(product)-\(id.short)"
    }
}
