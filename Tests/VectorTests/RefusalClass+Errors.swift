// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Compression
import PackStorage
import Reporting
import Trust
import VectorMaking

/// Which class each of our errors is. Every switch is exhaustive: a new error needs a class, and then a vector.
extension RefusalClass {
    /// - Returns: nil for an error that is no refusal of bytes.
    init?(_ error: any Error) {
        let found: RefusalClass? =
            switch error {
            case let error as BundleError: RefusalClass.of(error)
            case let error as FormatError: RefusalClass.of(error)
            case let error as TrustError: RefusalClass.of(error)
            case let error as PackError: RefusalClass.of(error)
            case let error as ReceiptError: RefusalClass.of(error)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    private static func of(_ error: BundleError) -> RefusalClass? {
        switch error {
        case .notABundle, .empty, .encrypted: .notABundle
        case .truncated: .truncated
        case .badHeader: .header
        case .unexpectedMember, .missingMember: .member
        case .memberTooLarge: .limit
        case .wrongMemberSize: .size
        case .wrongDigest: .digest
        case .badPadding: .padding
        case .badSignatureArea: .area
        case .badEndMarker, .bytesAfterEnd: .end
        case .identityMismatch: .identity
        case .packsDiffer, .treeMismatch: .contents
        // Of paths, of questions, and of a medium that changes.
        case .notAFile, .noSuchMember, .changedWhileRead: nil
        }
    }

    private static func of(_ error: FormatError) -> RefusalClass? {
        switch error {
        case .badJSON, .wrongShape, .notCanonical: .json
        // Thrown out of a decoder, in the place of a wrong shape.
        case .badDigest, .badName, .badVersion, .badTimeSpan, .badReleasePath: .json
        case .tooLarge: .limit
        case .badLine: .line
        case .badManifest(let fault): of(fault)
        case .badHeader: .header
        case .badLayout: .member
        }
    }

    private static func of(_ fault: ManifestFault) -> RefusalClass {
        switch fault {
        case .unsupportedFormat, .badText, .badNumber, .badName, .notSorted, .unknownReference, .symlinkLeaves,
            .dependencyCycle, .contradiction:
            .manifest
        case .notInTree, .besideSymlink, .wrongTotal, .missingContent: .contents
        }
    }

    private static func of(_ error: PackError) -> RefusalClass? {
        switch error {
        case .undecodablePack, .decoderFailed, .wrongContent, .unsupportedCodec: .pack
        case .damagedPack: .digest
        case .missingPack, .unknownContent, .sourceChanged, .cacheOpenToOthers: nil
        }
    }

    private static func of(_ error: ReceiptError) -> RefusalClass? {
        switch error {
        case .malformed(.tooLong): .limit
        case .malformed: .line
        case .untrusted(let error): of(error)
        case .unknownHost: .untrusted
        case .foreignKey: .identity
        }
    }
}
