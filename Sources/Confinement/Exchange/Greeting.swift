// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// A child's first words: which layers stand around it, or why they do not. 32 bytes.
struct Greeting: Equatable {
    static let size = 32
    /// "bndl", and a version: parent and child are the same file, and this says so.
    private static let magic: UInt32 = 0x6c64_6e62
    private static let callBytes = 20

    var layers: ConfinementLayers
    /// The step that failed.
    var fault: SystemCallError?

    init(layers: ConfinementLayers, fault: SystemCallError? = nil) {
        self.layers = layers
        self.fault = fault
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == Greeting.size, WireNumbers.number(bytes, as: UInt32.self) == Greeting.magic else {
            return nil
        }
        layers = ConfinementLayers(rawValue: WireNumbers.number(bytes[4...], as: UInt32.self))
        let code = WireNumbers.number(bytes[8...], as: Int32.self)
        let call = bytes[12...].prefix { $0 != 0 }
        guard call.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }) else {
            return nil
        }
        fault = call.isEmpty ? nil : SystemCallError(call: String(decoding: call, as: UTF8.self), path: "", code: code)
    }

    var bytes: [UInt8] {
        var call = Array((fault?.call ?? "").utf8.prefix(Greeting.callBytes))
        call += [UInt8](repeating: 0, count: Greeting.callBytes - call.count)
        return WireNumbers.bytes(Greeting.magic) + WireNumbers.bytes(layers.rawValue)
            + WireNumbers.bytes(fault?.code ?? 0) + call
    }
}
