// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

/// What image documents of others may hold, and what two readers would read differently.
@Suite struct ForeignJSONTests {
    @Test(arguments: [
        #"{"unknown":[1.5,-0,1e9,2E-3,0.0,123456789012345678901234567890,null],"s":"\u0000"}"#,
        #"{"config":{"Labels":{"Maintainer":"a","maintainer":"b"}},"annotations":{"a":"1","A":"2"}}"#,
        #"[{"Config":"a","Layers":[],"RepoTags":null}]"#,
    ])
    func isTaken(text: String) throws { try ForeignJSON.check(Array(text.utf8)) }

    @Test(arguments: [
        #"{"layers":[],"layers":[1]}"#, #"{"layers":[],"l\u0061yers":[1]}"#, #"{"layers":[],"Layers":[1]}"#,
        #"{"layers":[],"layer\u017f":[1]}"#, #"{"layers":[{"digest":"a","DIGEST":"b"}]}"#,
        #"{"manifests":[{"platform":{"os":"linux","OS":"plan9"}}]}"#, #"{"config":{"Labels":{"a":"1","a":"2"}}}"#,
        "01", "1.", "1e", "-", ".5", "+1", "{} {}", "\u{feff}{}", "",
    ])
    func isRefused(text: String) {
        #expect(throws: FormatError.self) { try ForeignJSON.check(Array(text.utf8)) }
    }

    @Test func onlyUTF8IsRead() {
        for bytes: [UInt8] in [[0x7b, 0, 0x7d, 0], [0, 0x7b, 0, 0x7d], [0xff, 0xfe, 0x7b, 0, 0x7d, 0]] {
            #expect(throws: FormatError.self) { try ForeignJSON.check(bytes) }
        }
        #expect(throws: FormatError.self) { try ForeignJSON.check(Array("\"".utf8) + [0xff] + Array("\"".utf8)) }
    }
}
