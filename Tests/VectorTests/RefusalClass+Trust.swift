// SPDX-License-Identifier: Apache-2.0
import Trust
import VectorMaking

extension RefusalClass {
    static func of(_ error: TrustError) -> RefusalClass? {
        switch error {
        case .badPublicKeyFile, .foreignPublicKey, .badSecretKeyFile, .badSignatureFile: .form
        case .weakPublicKey: .weak
        case .damagedSecretKey: .damaged
        case .passwordNeeded, .wrongPassword: .password
        case .scryptTooCostly: .limit
        case .prehashedSignature: .algorithm
        case .tooManySignatures, .duplicateSignature: .member
        case .notChecksumList, .wrongDocumentKind: .kind
        case .badSignature, .badDocumentSignature, .foreignSignature: .signature
        case .unsigned: .unsigned
        case .noTrustedSignature: .untrusted
        case .thresholdNotMet: .threshold
        case .documentThresholdNotMet(_, _, let established, _): established.isEmpty ? .untrusted : .threshold
        case .badTrustRoot(.document): .json
        case .badTrustRoot: .root
        case .wrongRootNumber, .duplicateRoot, .skippedRoot, .forkedRoot, .revocationTakenBack: .chain
        case .rootThresholdNotMet(_, _, _, let established): established.isEmpty ? .untrusted : .threshold
        case .belowMinimumVersion: .downgrade
        // Of this machine, and of what an operator said.
        case .scryptNoMemory, .noSecretMemory, .cryptographyUnavailable, .overrideNamesAnother, .signerFailed: nil
        }
    }
}
