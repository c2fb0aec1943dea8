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

    func ask(_ question: ProbeQuestion) async -> ProbeAnswer {
        if question.kind == .tcp, question.endpoint.isIPv6 { return .connected }
        return next("\(question.kind) \(question.endpoint) \(question.host ?? "-") \(question.milliseconds)")
    }

    private func next(_ question: String) -> ProbeAnswer {
        asked.withLock { $0.append(question) }
        return answers.withLock { answers in answers.count > 1 ? answers.removeFirst() : answers[0] }
    }
}
