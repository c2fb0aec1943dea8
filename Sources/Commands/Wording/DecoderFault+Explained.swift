// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Glibc

extension DecoderFault: Explained {
    var explanation: Explanation { explanation(of: "a template or a pack", fed: "") }

    /// - Parameter fed: what the pack feeds, as it follows the sentence.
    func explanation(of pack: Digest, _ fed: String) -> Explanation {
        explanation(of: "pack \(pack.short)", fed: fed)
    }

    private func explanation(of what: String, fed: String) -> Explanation {
        switch self {
        case .notConfined(let call, let code):
            Explanation(
                "the process that unpacks and renders cannot give up its rights: "
                    + "\(call): \(String(cString: strerror(code)).lowercased())",
                hint: "it needs seccomp of the kernel (CONFIG_SECCOMP_FILTER) and /proc")
        case .killed(let signal) where signal == 9 || signal == 15:
            Explanation(
                "the process that was at \(what) was killed by signal \(signal)\(fed)",
                hint: "look for the kernel's out-of-memory killer in `journalctl -k`, then run this again")
        case .killed(let signal):
            Explanation(
                "\(what) made the process that was at it do what it must not: it ended by signal \(signal)\(fed)",
                hint: "do not install this bundle: ask its makers, and keep it for them", status: .damaged)
        case .ended(let status):
            Explanation(
                "the process that was at \(what) ended early, with status \(status)\(fed)", hint: "run this again")
        case .silent:
            Explanation(
                "the process that was at \(what) did nothing for a minute and was ended\(fed)",
                hint: "run this again; when it happens again, ask the bundle's makers", status: .damaged)
        case .disobeyed:
            Explanation(
                "\(what) made the process that was at it say what it must not\(fed)",
                hint: "do not install this bundle: ask its makers, and keep it for them", status: .damaged)
        }
    }
}
