// SPDX-License-Identifier: Apache-2.0
import Installer

extension NothingToJudgeBy: Explained {
    var explanation: Explanation {
        Explanation(
            "what this host believes cannot be read, so no signature can be judged",
            hint: "`bundle audit` says what it is",
            status: .operatorNeeded)
    }
}
