// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A member of the head, whole.
package struct HeadMember: Equatable, Sendable {
    package let name: MemberName
    package let bytes: [UInt8]
}
