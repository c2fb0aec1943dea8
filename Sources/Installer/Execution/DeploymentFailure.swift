// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// How a deployment can fail. The cause keeps its own type, so that its words stay its own.
package enum DeploymentFailure: Error {
    /// Before anything that serves was touched; everything this deployment brought was taken away again.
    case undone(step: Step, cause: any Error)
    /// The old release serves again as it did.
    case rolledBack(step: Step, cause: any Error, serving: Version?)
    /// A release that waits in the idle slot goes on waiting, and the old one serves: it is not healthy any more, or its
    /// canary could not be ended.
    case stillWaits(cause: any Error)
    /// Somebody, or the clock, wanted it to end before its cutover; the host is as it was.
    case stopped(step: Step, StopRequest.Reason, serving: Version?)
    /// The new release serves, but what follows the cutover did not end; `recover` takes it up again.
    case unfinished(step: Step, cause: any Error)
    /// A job has changed data for good, so the old release cannot come back; `recover` goes forward again.
    case onlyForward(step: Step, cause: any Error, job: String)
    /// Undoing failed too: a person must look.
    case stuck(step: Step, cause: any Error, undo: any Error)
}

/// Facts found while a deployment runs.
package enum DeploymentError: Error, Equatable, Sendable {
    /// `output` is nil where the file holds secrets: programs quote the line that they complain of.
    case configCheckFailed(config: String, service: String, status: Int, output: String?)
    case unitStartFailed(unit: String, journal: [String])
    case imageLoadFailed(image: String, runtime: ContainerRuntime, output: String)
    case imageDigestDiffers(image: String, expected: Digest, found: String)
    case holdTooShort(service: String, milliseconds: Int)
    /// `result` is systemd's word: `exit-code`, `timeout`, `signal`, `oom-kill`, …
    case jobFailed(job: String, moment: Job.Moment, result: String, status: Int, output: [String])
    case hostUnitNotActive(unit: String, neededBy: String)
    case sysusersFailed(output: String)
    /// A public port stopped answering clients, or never did, while the copy behind it answers.
    case lostFromOutside(port: Int, isV6: Bool, answer: ConnectionAnswer, place: String?, opening: String?)
    case toolNotPlaced(path: String)
    /// Nothing serves, or no blue-green service of both releases has a stable port.
    case nothingToRehearse
    /// The job changed data for good: what waits cannot be taken away any more.
    case noWayBack(job: String)
}
