// SPDX-License-Identifier: Apache-2.0
import Installer

extension RuntimeError: Explained {
    var explanation: Explanation {
        switch self {
        case .failed(let output): Explanation("the container runtime failed" + Explanation.block(output))
        case .differs(let found):
            Explanation("the container runtime holds another image under our name: \(found)")
        }
    }
}
