// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What is odd about the time on a machine, or has come with it. Nothing is ever refused for it: a clock that stands at 1970
/// or at 2100 must not keep a host from an installation (trust §4.5).
package enum TimeNotice: Equatable, Sendable {
    /// What shows that it is later than the clock says.
    package enum Witness: String, Sendable {
        /// The last entry of the audit log was written by this machine.
        case auditLog
        /// The bundle says when it was made.
        case bundle
        /// This program is younger.
        case program
    }

    case clockInThePast(now: Int64, witness: Witness, later: Int64)
    case clockInTheFuture(now: Int64)
    case bestBeforePassed(root: Int, date: String)

    /// For programs; never changed and never used for something else.
    package var code: String {
        switch self {
        case .clockInThePast: "clock-in-the-past"
        case .clockInTheFuture: "clock-in-the-future"
        case .bestBeforePassed: "best-before-passed"
        }
    }

    /// Clocks that are set right go back a little: those of one machine less than those of two.
    private static func tolerance(_ witness: Witness) -> Int64 { witness == .auditLog ? 300 : 86_400 }

    /// - Parameters:
    ///   - now: seconds since 1970, as the clock says.
    ///   - lastLogged: the time of the last entry of the audit log.
    ///   - created: when the bundle at hand was made, as its proven manifest says.
    ///   - bestBefore: of the newest trust root, with its number: as a number and as it stands there.
    package static func judge(
        now: Int64, lastLogged: Int64? = nil, created: Int64? = nil,
        bestBefore: (root: Int, seconds: Int64, text: String)? = nil
    ) -> [TimeNotice] {
        let (program, end) = (UTCSeconds.believable.lowerBound, UTCSeconds.believable.upperBound)
        // Then it is not known what is past.
        guard now < end else { return [.clockInTheFuture(now: now)] }
        let witnesses: [(Witness, Int64?)] = [(.program, program), (.auditLog, lastLogged), (.bundle, created)]
        // A witness that has itself seen an impossible clock says nothing: the log of a host whose clock stood at 2100.
        let later = witnesses.compactMap { witness, time in time.map { (witness, $0) } }
            .filter { witness, time in time < end && now < max(time, 0) - tolerance(witness) }
        if let (witness, time) = later.max(by: { $0.1 < $1.1 }) {
            return [.clockInThePast(now: now, witness: witness, later: time)]
        }
        guard let bestBefore, now >= bestBefore.seconds else { return [] }
        return [.bestBeforePassed(root: bestBefore.root, date: bestBefore.text)]
    }
}
