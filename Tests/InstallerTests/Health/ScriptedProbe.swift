// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Synchronization

@testable import Installer

/// A network that a test writes: answers in order, the last one stays. IPv6 is asked only by tcp and always connects.
final class ScriptedProbe: HealthProbe {
    private let answers: Mutex<[ProbeAnswer]>
    private let asked = Mutex<[String]>([])

    init(_ answers: [ProbeAnswer]) { self.answers = Mutex(answers) }

    var questions: [String] { asked.withLock { $0 } }

    func http(_ endpoint: Endpoint, path: String, host: String?, milliseconds: Int) async -> ProbeAnswer {
        next("http \(endpoint)\(path) \(host ?? "-") \(milliseconds)")
    }

    func tcp(_ endpoint: Endpoint, milliseconds: Int) async -> ProbeAnswer {
        endpoint.isIPv6 ? .connected : next("tcp \(endpoint) \(milliseconds)")
    }

    private func next(_ question: String) -> ProbeAnswer {
        asked.withLock { $0.append(question) }
        return answers.withLock { answers in answers.count > 1 ? answers.removeFirst() : answers[0] }
    }
}
