// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What an operation set out to do; the first line of its journal, there before anything else happens.
package struct JournalHeader: Codable, Equatable, Sendable {
    /// `install`, `rollback`, `reconfigure`, `remove`, …
    package var verb: String
    package var product: ReleaseName
    /// nil where no release is meant.
    package var version: Version?
    package var digest: Digest?
    /// Seconds since 1970, by the wall clock.
    package var started: Int64
    package var bootID: String
    package var process: Int32
    /// Who asked for it, whatever sudo made of them since.
    package var loginUser: UInt32?
    /// The operator's words, from `--note`.
    package var note: String?
    /// The plan as JSON text, so that recovery needs neither the bundle nor another look at the host.
    package var plan: String

    package init(
        verb: String, product: ReleaseName, version: Version? = nil, digest: Digest? = nil, started: Int64,
        bootID: String, process: Int32, loginUser: UInt32? = nil, note: String? = nil, plan: [UInt8]
    ) {
        self.verb = verb
        self.product = product
        self.version = version
        self.digest = digest
        self.started = started
        self.bootID = bootID
        self.process = process
        self.loginUser = loginUser
        self.note = note
        self.plan = String(decoding: plan, as: UTF8.self)
    }
}

/// How an operation ended.
package enum JournalOutcome: String, Codable, Sendable {
    case done
    /// The host is as it was.
    case undone
    /// A person must look; the journal stays open until then.
    case stuck
}

package enum JournalEntry: Equatable, Sendable {
    case begun(JournalHeader)
    /// A step is about to run.
    case intent(String)
    case done(String)
    case undone(String)
    case note(String)
    case job(JournalJob)
    case outcome(JournalOutcome)
}

extension JournalEntry: Codable {
    private enum Key: String, CodingKey { case begun, intent, done, undone, note, job, outcome }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard container.allKeys.count == 1, let key = container.allKeys.first else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "one kind"))
        }
        switch key {
        case .begun: self = .begun(try container.decode(JournalHeader.self, forKey: key))
        case .intent: self = .intent(try container.decode(String.self, forKey: key))
        case .done: self = .done(try container.decode(String.self, forKey: key))
        case .undone: self = .undone(try container.decode(String.self, forKey: key))
        case .note: self = .note(try container.decode(String.self, forKey: key))
        case .job: self = .job(try container.decode(JournalJob.self, forKey: key))
        case .outcome: self = .outcome(try container.decode(JournalOutcome.self, forKey: key))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .begun(let header): try container.encode(header, forKey: .begun)
        case .intent(let step): try container.encode(step, forKey: .intent)
        case .done(let step): try container.encode(step, forKey: .done)
        case .undone(let step): try container.encode(step, forKey: .undone)
        case .note(let text): try container.encode(text, forKey: .note)
        case .job(let job): try container.encode(job, forKey: .job)
        case .outcome(let outcome): try container.encode(outcome, forKey: .outcome)
        }
    }
}

/// One line of a journal.
package struct JournalLine: Codable, Equatable, Sendable {
    /// From 1, without a gap.
    package var sequence: Int
    /// Seconds since 1970, by the wall clock.
    package var at: Int64
    package var entry: JournalEntry
}
