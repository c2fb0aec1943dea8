// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import Bundler
import HostSystem
import YAMLDocuments

extension SpecFile {
    /// All or none: the text is complete before it takes the spec's place. What others wrote since this was read stays.
    func write(_ pins: [ImagePin]) throws {
        guard !pins.isEmpty else { return }
        // A link stays one.
        let path = try FileSystem.resolve(path)
        // Between reading and replacing, nobody else of us may do either. The file itself is no lock, as it is replaced; one
        // beside it would be left there. Where a directory cannot be locked (NFS), runs at once may lose a pin, as before.
        let lock = try? HostFile.open(path.parent, .read)
        try? lock?.waitForLock()
        defer { withExtendedLifetime(lock) {} }
        let bytes = try FileSystem.readAll(path, limit: YAMLDocument.limitBytes)
        var text = try SpecText(String(decoding: bytes, as: UTF8.self), file: self.path.text)
        for pin in pins {
            if let reference = pin.reference {
                try text.pin(pin.image, to: reference)
            } else {
                try text.pin(pin.image, to: pin.digests)
            }
        }
        let permissions = try FileSystem.status(path)?.permissions ?? 0o644
        try FileSystem.write(Array(text.text.utf8), to: path, permissions: permissions)
    }
}
