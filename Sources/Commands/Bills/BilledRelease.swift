// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import SoftwareBills

/// A bill that was read back.
struct ReadBill {
    /// nil for the release's own.
    let image: String?
    let bill: SoftwareBill

    init(_ member: MemberName, _ bytes: [UInt8]) throws {
        guard let subject = BillMember.subject(of: member), let document = try CycloneDXDocument(parsing: bytes) else {
            throw BillError.notUnderstood(member.description)
        }
        image = subject
        bill = document.bill
    }
}

/// A release and its bills.
struct BilledRelease {
    /// `shop 1.2.0 amd64`, or on a host `shop 1.2.0`.
    let title: String
    /// On a host: what the release is there.
    var standing: Standing?
    let bills: [ReadBill]

    init(_ title: String, standing: Standing? = nil, bills: [ReadBill]) {
        self.title = title
        self.standing = standing
        self.bills = bills
    }

    struct Standing {
        let product: String
        let version: String
        let digest: String
        /// `active`, `draining`, `ready`, `kept`, `staged`.
        let word: String
        let slot: Slot?
        /// Services that run once and still run out of it.
        let services: [String]

        var words: String {
            var words = word + (slot.map { " in \($0.rawValue)" } ?? "")
            if word != "active", !services.isEmpty { words += ", runs \(services.joined(separator: ", "))" }
            return words
        }
    }

    struct Hit {
        let image: String?
        let component: SoftwareBill.Component
    }

    /// What a question finds; without one all but plain files.
    func hits(_ query: BillQuery?) -> [Hit] {
        bills.flatMap { bill in
            bill.bill.components
                .filter { query?.finds($0) ?? ($0.kind != .file) }
                .map { Hit(image: bill.image, component: $0) }
        }
    }

    var files: Int { bills.reduce(0) { $0 + $1.bill.components.count { $0.kind == .file } } }
}
