// SPDX-License-Identifier: Apache-2.0
import HostRecords

extension Preflight {
    func certificates() -> [PreflightProblem] {
        facts.certificates.flatMap { report in
            report.faults.map {
                .certificate(id: report.id, path: facts.layout.secret(report.id), $0)
            }
        }
    }

    func certificateWarnings() -> [PlanWarning] {
        CertificateReport.warnings(facts.certificates, time: facts.time)
    }
}

extension CertificateReport {
    static func warnings(_ reports: [CertificateReport], time: BelievableTime?) -> [PlanWarning] {
        var found = reports.flatMap { report in report.notices.map { PlanWarning.certificate(id: report.id, $0) } }
        if let time, !time.isBelievable, !reports.isEmpty { found.append(.clockUnbelievable(time.now)) }
        return found
    }
}
