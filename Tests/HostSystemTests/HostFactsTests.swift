// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Testing

struct HostFactsTests {
    @Test func thisMachine() {
        let facts = HostFacts.gather()
        #expect(!facts.hostname.isEmpty)
        #expect(facts.architecture != nil)
        #expect(facts.memoryBytes > 64 << 20)
        #expect(facts.bootID.utf8.count == 36)
        #expect(facts.osRelease["ID"]?.isEmpty == false)
        #expect(HostFacts.dottedNumbers(facts.kernelRelease).count >= 2)
    }

    @Test func nothingReadableLeavesFactsEmpty() throws {
        let facts = HostFacts.gather(root: try Scratch().path)
        #expect(facts.memoryBytes == 0)
        #expect(facts.bootID.isEmpty)
        #expect(facts.loginUser == nil)
    }

    @Test func osRelease() {
        let text = "# x\nID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID='12'\nBROKEN\nA=\"\n"
        let fields = ["ID": "debian", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "VERSION_ID": "12", "A": "\""]
        #expect(HostFacts.osRelease(from: text) == fields)
    }

    @Test(arguments: [("6.1.0-37-amd64", [6, 1, 0]), ("1.0.6", [1, 0, 6]), ("", []), ("x", []), ("5.10+", [5, 10])])
    func dottedNumbers(text: String, expected: [Int]) {
        #expect(HostFacts.dottedNumbers(text) == expected)
    }

    @Test func accounts() throws {
        let files = Accounts(
            passwd: "root:x:0:0:root:/root:/bin/bash\n_shop:x:998:997::/:/usr/sbin/nologin\nbad:x:y:1:::\n+::::::\n",
            group: "root:x:0:\n_shop:x:997:a,b\n")
        #expect(files.account("_shop")?.user == 998)
        #expect(files.account(user: 998)?.name == "_shop")
        #expect(files.groupID(named: "_shop") == 997)
        #expect(files.accounts.count == 2)
        #expect(try Accounts.read().account("root")?.user == 0)
    }
}
