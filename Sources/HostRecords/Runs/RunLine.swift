// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One line of what a run says while it works in a unit of its own: followers show it as if they were the run.
package enum RunLine: Codable, Equatable, Sendable {
    /// The first line.
    case begun(RunBeginning)
    /// Known once the release is proven.
    case product(ReleaseName)
    /// For stdout, byte for byte.
    case answer(String)
    /// For stderr.
    case words(String)
    case progress(RunProgress)
    /// Waits for `y` or `n` from the terminal that began it.
    case question(String)
    /// The exit status; the unit still cleans up behind it.
    case ended(Int32)
    /// The unit has cleaned up and let go of the host's lock.
    case closed
}

package struct RunBeginning: Codable, Equatable, Sendable {
    package var verb: String
    /// The transient unit.
    package var unit: String
    /// Seconds since 1970.
    package var started: Int64
    package var loginUser: UInt32?

    package init(verb: String, unit: String, started: Int64, loginUser: UInt32?) {
        self.verb = verb
        self.unit = unit
        self.started = started
        self.loginUser = loginUser
    }
}

/// How far a run is.
package struct RunProgress: Codable, Equatable, Sendable {
    /// 0 to 100 of the whole run; never goes back.
    package var percent: Int
    /// The step, for people.
    package var title: String
    /// Seconds to the end of the run; nil where a part of it was never measured here.
    package var left: Int?
    /// Seconds to the end of this step, by the rate measured in it.
    package var leftOfStep: Int?

    package init(percent: Int, title: String, left: Int? = nil, leftOfStep: Int? = nil) {
        self.percent = percent
        self.title = title
        self.left = left
        self.leftOfStep = leftOfStep
    }
}
