// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// What is wrong with the parts of a bundle, or with where they were looked for. `name` is a part's, `place` the directory
/// that it was found in.
package enum PartError: Error {
    /// A directory without a bundle, and one with several: nobody says which is meant.
    case noBundle(HostPath)
    case severalBundles(HostPath, names: [String])
    /// A part was named, and its list is nowhere.
    case noList(list: String, looked: [HostPath])
    case missing(list: HostPath, names: [String], looked: [HostPath])
    /// Shorter than the other parts: it was not copied to its end.
    case cut(name: String, place: HostPath, bytes: Int64, expected: Int64)
    /// Longer than a part of this bundle can be.
    case tooLong(name: String, place: HostPath, bytes: Int64, expected: Int64)
    /// It has the bytes of another part.
    case swapped(name: String, place: HostPath, with: String)
    /// It has packs that this bundle does not have, or it was not what could not be proven, and yet is not what is listed.
    case foreign(name: String, place: HostPath, list: HostPath)
    /// It is not what is listed; `cause` says what could not be proven, with pack and files.
    case damaged(name: String, place: HostPath, list: HostPath, cause: any Error)
    /// The medium cannot read it.
    case unreadable(name: String, place: HostPath, SystemCallError)
    /// Signatures are put in before a bundle is cut.
    case cannotSign(HostPath)
}
