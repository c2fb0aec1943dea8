// SPDX-License-Identifier: Apache-2.0
package import AgeEncryption
package import BundleFormat
package import HostSystem
package import PackStorage
package import Trust

/// How a bundle is to be made; what is in it says the recipe.
package struct CreateRequest: Sendable {
    /// The bundle's file. Nothing may stand there; its directory must.
    package var output: HostPath
    /// No key makes an unsigned bundle: the verb lets that happen only when it was asked for.
    package var keys: [any DocumentSigner]
    /// The project's trust roots, which every bundle carries (trust §4.7).
    package var trust: [TrustLink]
    package var packing: Packing
    /// What the target has already; empty for a full bundle.
    package var bases: [DeltaBase]
    /// Packs of earlier builds.
    package var cache: PackCache?
    /// Who can open it on its journey; nobody in particular when empty.
    package var recipients: [AgeRecipient]
    /// Cut into parts of that many bytes; nil for one file.
    package var partSize: PartSize?
    /// Packs that are compressed at once.
    package var jobs: Int
    /// Where git is asked for commit and changes: the spec's directory.
    package var sourceDirectory: HostPath
    /// The environment's SOURCE_DATE_EPOCH, as it is.
    package var sourceDate: String?
    /// The user's home, so that git finds their configuration.
    package var home: String?

    package init(
        output: HostPath, keys: [any DocumentSigner], trust: [TrustLink] = [], packing: Packing = .standard,
        bases: [DeltaBase] = [], cache: PackCache? = nil,
        recipients: [AgeRecipient] = [], partSize: PartSize? = nil, jobs: Int, sourceDirectory: HostPath,
        sourceDate: String? = nil,
        home: String? = nil
    ) {
        self.output = output
        self.keys = keys
        self.trust = trust
        self.packing = packing
        self.bases = bases
        self.cache = cache
        self.recipients = recipients
        self.partSize = partSize
        self.jobs = jobs
        self.sourceDirectory = sourceDirectory
        self.sourceDate = sourceDate
        self.home = home
    }
}
