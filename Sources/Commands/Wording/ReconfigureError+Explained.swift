// SPDX-License-Identifier: Apache-2.0
import Installer

extension ReconfigureError: Explained {
    var explanation: Explanation {
        switch self {
        case .noFormerSettings(let name):
            Explanation(
                "\(name) was not reconfigured since it was installed, so there are no former values",
                hint: "`bundle history \(name)`", status: .noSuchRelease)
        case .nothingServes(let name):
            Explanation(
                "\(name): nothing serves, so there is nothing to reconfigure", hint: "`bundle install BUNDLE`",
                status: .noSuchRelease)
        }
    }
}

extension PreflightProblems: Explained {
    var explanation: Explanation { HostVerbError.preflight(problems).explanation }
}

extension UnfinishedRemoval: Explained {
    var explanation: Explanation {
        Explanation(
            "\(Explanation.orPlain(cause).message)\n  `\(verb)` had begun, and it only goes forward",
            hint: "mend the cause, then run `bundle recover` to finish what is left", status: .operatorNeeded)
    }
}

extension StopRequest.Stopped: Explained {
    var explanation: Explanation {
        Explanation("interrupted; what was begun was taken away again", status: .interrupted)
    }
}
