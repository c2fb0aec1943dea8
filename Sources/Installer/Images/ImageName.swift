// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The names that images of ours have in a container runtime. One of each product's own keeps an image from everybody who
/// sweeps images without a name; the endpoint's is gone when the load is.
enum ImageName {
    /// Whatever a product is called, it fits into a tag; not into a repository's name.
    static func lasting(_ id: Digest, _ product: ReleaseName) -> String { "\(repository)\(product)-\(id.short)" }

    /// Whether the product gave that name for good: another product's may begin like it.
    static func isLasting(_ name: String, _ product: ReleaseName) -> Bool {
        let prefix = "\(repository)\(product)-"
        guard name.hasPrefix(prefix) else { return false }
        let short = name.utf8.dropFirst(prefix.utf8.count)
        return short.count == 12 && short.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    /// Whether an endpoint of ours gave it; loads are one at a time, so one that is met belongs to a load that died.
    static func isPassing(_ name: String) -> Bool {
        name.hasPrefix("127.0.0.1:") && name.contains("/\(ImageShelf.prefixBegin)")
    }

    private static let repository = "localhost/bundle:"
}
