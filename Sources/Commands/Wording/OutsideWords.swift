// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Installer

/// Words for what is seen from outside.
enum OutsideWords {
    static let unknown =
        "no rule was seen to do it: look at `nft list ruleset`, `iptables-save`, and at what stands before this host"

    static func ports(_ numbers: [Int]) -> String {
        let list = numbers.map(String.init).joined(separator: ", ")
        return numbers.count == 1 ? "public port \(list) is" : "public ports \(list) are"
    }

    /// `; from outside: answers`, nothing for a port that was not asked.
    static func status(_ port: HostStatus.Port) -> String {
        guard !port.outside.isEmpty else { return "" }
        let rule = port.isInForce ? "" : "; no rule leads there"
        let answers = port.outside.map { "\($0.isV6 ? "IPv6" : "IPv4") \($0.answer.words)" }
        return "\(rule); from outside: \(answers.joined(separator: ", "))"
    }
}

extension ConnectionAnswer {
    var words: String {
        switch self {
        case .connected: "answers"
        case .refused: "refused"
        case .timedOut: "no answer"
        case .failed(let code): "error \(code)"
        }
    }

    /// For programs (cli §4).
    var word: String {
        switch self {
        case .connected: "connected"
        case .refused: "refused"
        case .timedOut: "timed_out"
        case .failed(let code): "error_\(code)"
        }
    }
}
