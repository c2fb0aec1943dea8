// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostRecords
import HostSystem

/// A certificate of a release as a plan keeps it, with its names rendered for this host.
package struct PlannedCertificate: Codable, Equatable, Sendable {
    package var id: String
    package var key: String
    package var names: [String]
    package var warn: TimeSpan

    package init(id: String, key: String, names: [String], warn: TimeSpan) {
        self.id = id
        self.key = key
        self.names = names
        self.warn = warn
    }
}

/// Looks at the certificates that a site provides: pair, names, time.
package struct CertificateInspection {
    private let layout: HostLayout
    private let time: BelievableTime

    package init(layout: HostLayout, time: BelievableTime) {
        self.layout = layout
        self.time = time
    }

    /// - Returns: nil for a secret that the site does not provide, which is for others to judge.
    package func report(_ planned: PlannedCertificate) -> CertificateReport? {
        guard let bytes = read(planned.id) else { return nil }
        guard var key = read(planned.key) else {
            return CertificateInspection.judge(planned, certificate: bytes, key: nil, time: time)
        }
        defer { SecretBytes.wipe(&key) }
        return CertificateInspection.judge(planned, certificate: bytes, key: key, time: time)
    }

    private func read(_ id: String) -> [UInt8]? { try? FileSystem.readAll(layout.secret(id), limit: 1 << 20) }

    /// Everything that is wrong with it, all at once.
    /// - Parameter key: nil when the site does not provide it.
    package static func judge(
        _ planned: PlannedCertificate, certificate: [UInt8], key: [UInt8]?, time: BelievableTime
    ) -> CertificateReport {
        var report = CertificateReport(id: planned.id)
        let file: CertificateFile
        do throws(CertificateFault) {
            file = try CertificateFile(certificate)
        } catch {
            report.faults = [error]
            return report
        }
        if let key {
            do throws(CertificateFault) {
                try file.check(key: key)
            } catch {
                report.faults.append(error == .notAPair ? .notAPair(key: planned.key) : error)
            }
        } else {
            report.faults.append(.keyMissing(planned.key))
        }
        let names = file.names
        let missing = planned.names.filter { !names.cover($0) }
        if !missing.isEmpty { report.faults.append(.namesMissing(missing, has: names.texts)) }
        judgeTime(of: file, planned, time, &report)
        return report
    }

    private static func judgeTime(
        of file: CertificateFile, _ planned: PlannedCertificate, _ time: BelievableTime,
        _ report: inout CertificateReport
    ) {
        // A clock that is wrong says nothing about a certificate; the caller warns about the clock.
        guard time.isBelievable else { return }
        let day: Int64 = 86_400
        if time.now >= file.ends {
            report.faults.append(.expired(file.ends))
        } else if file.ends - time.now < Int64(planned.warn.milliseconds / 1000) {
            report.notices.append(.expiresSoon(file.ends, days: Int((file.ends - time.now) / day)))
        }
        guard time.now < file.begins else { return }
        if file.begins - time.now < day {
            report.notices.append(.beginsSoon(file.begins))
        } else {
            report.faults.append(.notYetValid(file.begins))
        }
    }
}
