// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Testing
import Trust

/// An auditor needs none of our code: the commands of README.txt, run on what we sign and on what someone changed.
@Suite struct OtherVerifierTests {
    static let signify = ["signify-openbsd", "signify"].first { Workbench.has($0) }

    private func bench() throws -> Workbench {
        let bench = try Workbench()
        let key = try SigningKey.generate()
        try bench.put("KEY.pub", key.publicKey.file)
        try bench.put("SHA256SUMS", Samples.list)
        try bench.put("KEY.minisig", Samples.signature(by: key).bytes)
        return bench
    }

    @Test(.enabled(if: signify != nil, "signify is not installed"))
    func signifyProvesAndRefuses() async throws {
        let program = try #require(OtherVerifierTests.signify)
        let bench = try bench()
        let good = try await bench.run(program, "-V", "-p", "KEY.pub", "-m", "SHA256SUMS", "-x", "KEY.minisig")
        #expect(good.status == 0, "\(good.errorText)")
        for index in [0, Samples.list.count / 2, Samples.list.count - 1] {
            var changed = Samples.list
            changed[index] ^= 1
            try bench.put("SHA256SUMS", changed)
            #expect(
                try await bench.run(program, "-V", "-p", "KEY.pub", "-m", "SHA256SUMS", "-x", "KEY.minisig").status != 0
            )
        }
    }

    /// The very lines of README.txt.
    static let openssl = #"""
        sed -n 2p KEY.minisig | base64 -d | tail -c 64 > s
        (printf '\060\052\060\005\006\003\053\145\160\003\041\000'
         sed -n 2p KEY.pub | base64 -d | tail -c 32) > k
        openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey k -in SHA256SUMS -sigfile s
        """#

    @Test(.enabled(if: Workbench.has("openssl", "base64"), "openssl is not installed"))
    func opensslProvesAndRefuses() async throws {
        let bench = try bench()
        try bench.put("prove.sh", Array(OtherVerifierTests.openssl.utf8))
        let good = try await bench.run("sh", "prove.sh")
        #expect(good.status == 0, "\(good.errorText)")
        for index in [0, Samples.list.count / 2, Samples.list.count - 1] {
            var changed = Samples.list
            changed[index] ^= 1
            try bench.put("SHA256SUMS", changed)
            #expect(try await bench.run("sh", "prove.sh").status != 0)
        }
    }

    /// Our digests are those of coreutils and BusyBox, and our list is a file that both read.
    @Test(arguments: [["sha256sum"], ["busybox", "sha256sum"]])
    func checksumListIsReadByOthers(program: [String]) async throws {
        guard Workbench.has(program[0]) else { return }
        let bench = try Workbench()
        let readme = Array("bundle/1 shop 1.4.0 amd64\n".utf8)
        try bench.put("README.txt", readme)
        try bench.put("manifest.json", [0, 255, 10])
        let list = [("README.txt", readme), ("manifest.json", [0, 255, 10])].map { name, bytes in
            "\(Digest.ofBytes(bytes).hex)  \(name)\n"
        }.joined()
        try bench.put("SHA256SUMS", Array(list.utf8))
        try bench.put("check.sh", Array("\(program.joined(separator: " ")) -c SHA256SUMS".utf8))
        #expect(try await bench.run("sh", "check.sh").status == 0)
        try bench.put("manifest.json", [0, 254, 10])
        #expect(try await bench.run("sh", "check.sh").status != 0)
    }
}
