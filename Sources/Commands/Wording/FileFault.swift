// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import BundleReading

/// What is wrong with a bundle, and which file it is: with several sticks on the table the name is half of the answer.
struct FileFault: Error, Explained {
    let path: String
    let cause: any Explained

    var explanation: Explanation {
        var inner = cause.explanation
        if !inner.message.hasPrefix(path) { inner.message = "\(path): \(inner.message)" }
        return inner
    }

    static func naming<Result>(_ path: String, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let fault as BundleError {
            throw FileFault(path: path, cause: fault)
        } catch let fault as FormatError {
            throw FileFault(path: path, cause: fault)
        } catch let fault as AgeError {
            throw FileFault(path: path, cause: fault)
        } catch let fault as IdentityError where fault.isOfTheBundle {
            throw FileFault(path: path, cause: fault)
        }
    }

    /// Does the work; a fault of the file's own gets its name.
    static func naming<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let fault as BundleError {
            throw FileFault(path: path, cause: fault)
        } catch let fault as FormatError {
            throw FileFault(path: path, cause: fault)
        } catch let fault as AgeError {
            throw FileFault(path: path, cause: fault)
        } catch let fault as IdentityError where fault.isOfTheBundle {
            throw FileFault(path: path, cause: fault)
        }
    }
}
