// SPDX-License-Identifier: Apache-2.0

/// The processor architectures that a bundle can be made for, by Debian's names (format §2).
package enum Architecture: String, Codable, Sendable, CaseIterable {
    case amd64
    case arm64
}
