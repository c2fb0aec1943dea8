// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One container of containerd's, as a unit asks for it.
package struct ContainerRequest: Equatable, Sendable {
    /// A directory of the host inside of the container.
    package struct Mount: Equatable, Sendable {
        package var source: String
        package var place: String
        package var readOnly: Bool

        package init(source: String, place: String, readOnly: Bool) {
            self.source = source
            self.place = place
            self.readOnly = readOnly
        }
    }

    package var product: ReleaseName
    package var image: Digest
    /// Numbers; the last group is the product's.
    package var user: Int
    package var group: Int
    package var groups: [Int]
    package var isWritable = false
    package var files: Int?
    package var mounts: [Mount] = []
    /// `NAME=value`; secrets too.
    package var environment: [String] = []
    /// In place of the image's entry point; nil keeps that.
    package var program: String?
    package var arguments: [String] = []

    package init(product: ReleaseName, image: Digest, user: Int, group: Int, groups: [Int]) {
        self.product = product
        self.image = image
        self.user = user
        self.group = group
        self.groups = groups
    }
}
