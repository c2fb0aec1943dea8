// swift-tools-version: 6.2
import PackageDescription

/// A room of ours: Swift 6, no warning tolerated, every import said out loud.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A test room beside the room of the same name.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

/// A C library of the system: a module map and a shim, nothing else.
func system(_ name: String, _ pkgConfig: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig)
}

let strict: [SwiftSetting] = [
    // Tests count what reaches a decoder (DecoderWatch); what ships is a release build, and has nothing of it.
    .define("COUNT_UNPROVEN", .when(configuration: .debug)),
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let stencil = Target.Dependency.product(name: "Stencil", package: "Stencil")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let nio: [Target.Dependency] =
    ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"].map { .product(name: $0, package: "swift-nio") } + [
        .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
    ]

let registryClient: [Target.Dependency] =
    ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") } + [
        .product(name: "NIOSSL", package: "swift-nio-ssl")
    ]

let package = Package(
    name: "bundle",
    products: [.executable(name: "bundle", targets: ["bundle"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/stencilproject/Stencil", exact: "0.15.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        .executableTarget(name: "bundle", dependencies: ["Commands"], swiftSettings: strict),
        room(
            "Commands",
            [
                "Bundler", "Installer", "Reporting", "HostRecords", "BundleReading", "AgeEncryption", "Images",
                "Configuration", "PackStorage", "Registries", "SoftwareBills", "Comparison", "Trust", "BundleSpecs",
                "YAMLDocuments", "BundleFormat",
                "Events",
                "HostSystem", "Archives", "Compression", "Confinement", "Cryptography", arguments,
            ]),
        // The two halves; they never meet.
        room(
            "Bundler",
            [
                "AgeEncryption", "BundleReading", "Images", "Configuration", "PackStorage", "SoftwareBills", "Trust",
                "BundleSpecs",
                "YAMLDocuments", "BundleFormat", "Events", "HostSystem", "Archives", "Compression", "Cryptography",
            ]),
        room(
            "Installer",
            [
                "Reporting", "HostRecords", "BundleReading", "Confinement", "Configuration", "PackStorage", "Trust",
                "BundleSpecs", "YAMLDocuments", "BundleFormat", "Events", "HostSystem", "Compression", "Cryptography",
            ] + nio),
        room("Reporting", ["HostRecords", "Trust", "BundleFormat", "Events", "HostSystem", "Cryptography"]),
        // Shared by both.
        room("HostRecords", ["BundleFormat", "Events", "HostSystem", "Cryptography"]),
        room(
            "BundleReading",
            ["AgeEncryption", "Trust", "PackStorage", "BundleFormat", "HostSystem", "Cryptography", "Compression"]),
        room("Registries", ["BundleFormat", "HostSystem", "Cryptography"] + registryClient),
        room("Images", ["SoftwareBills", "BundleFormat", "HostSystem", "Archives", "Cryptography"]),
        room("Configuration", ["BundleFormat", "YAMLDocuments"]),
        room("AgeEncryption", ["BundleFormat", "Cryptography"]),
        room("PackStorage", ["SoftwareBills", "BundleFormat", "HostSystem", "Compression", "Cryptography"]),
        room("Confinement", ["Compression", "Configuration", "HostSystem", "BundleFormat"]),
        room("Comparison", ["BundleFormat"]),
        room("SoftwareBills", ["BundleFormat", "Compression", "Cryptography"]),
        room("Trust", ["BundleSpecs", "BundleFormat", "Cryptography"]),
        room("BundleSpecs", ["BundleFormat", "YAMLDocuments"]),
        room("YAMLDocuments", ["BundleFormat", "CYAML"]),
        // Leaves.
        room("Archives", ["CArchive", "BundleFormat"]),
        room("Compression", ["CLzma", "CZstd", "CZlib", "BundleFormat"]),
        room("Cryptography", ["CSodium", "BundleFormat", crypto]),
        room("HostSystem", ["CLinux", "BundleFormat", subprocess, systemPackage]),
        room("Events", ["BundleFormat"]),
        room("BundleFormat", []),
        system("CArchive", "libarchive"),
        system("CLzma", "liblzma"),
        system("CZstd", "libzstd"),
        system("CZlib", "zlib"),
        system("CSodium", "libsodium"),
        system("CYAML", "yaml-0.1"),
        .target(name: "CLinux"),
        tests(
            "AgeEncryptionTests",
            ["AgeEncryption", "Cryptography", "Compression", "HostSystem", "BundleFormat", "TestSupport"]),
        tests("CompressionTests", ["Compression", "BundleFormat"]),
        tests("RegistriesTests", ["Registries", "Cryptography", "HostSystem", "BundleFormat"] + registryClient),
        tests("SoftwareBillsTests", ["SoftwareBills", "BundleFormat", "Cryptography", "HostSystem"]),
        tests("ImagesTests", ["Images", "SoftwareBills", "Cryptography", "HostSystem", "BundleFormat"]),
        tests(
            "PackStorageTests",
            ["PackStorage", "Compression", "Cryptography", "HostSystem", "BundleFormat", "TestSupport"]),
        tests(
            "BundlerTests",
            [
                "Bundler", "BundleReading", "AgeEncryption", "SoftwareBills", "BundleSpecs", "Trust", "Configuration",
                "YAMLDocuments",
                "PackStorage",
                "Compression",
                "Cryptography", "Events", "HostSystem", "BundleFormat", "TestSupport",
            ]),
        tests(
            "InstallerTests",
            [
                "Installer", "Reporting", "HostRecords", "BundleReading", "PackStorage", "Compression", "Trust",
                "Cryptography", "HostSystem",
                "BundleFormat", "Events", "FlipRig", "TestSupport", "EngineFakes",
            ] + nio),
        .executableTarget(
            name: "FlipRig", dependencies: ["Installer", "HostSystem", "BundleFormat"], path: "Tests/Support/FlipRig",
            swiftSettings: strict),
        .target(
            name: "EngineFakes",
            dependencies: ["Installer", "HostRecords", "HostSystem", "Cryptography", "BundleFormat", "Events"] + nio,
            path: "Tests/Support/EngineFakes", swiftSettings: strict),
        .executableTarget(
            name: "FaultRig",
            dependencies: [
                "EngineFakes", "Installer", "HostRecords", "BundleReading", "Trust", "Cryptography", "HostSystem",
                "BundleFormat", "TestSupport",
            ], path: "Tests/FaultTests/FaultRig", swiftSettings: strict),
        .executableTarget(
            name: "ConfinementProbe",
            dependencies: ["Confinement", "Compression", "Cryptography", "HostSystem", "BundleFormat"],
            path: "Tests/Support/ConfinementProbe", swiftSettings: strict),
        tests(
            "ConfinementTests",
            ["Confinement", "ConfinementProbe", "Configuration", "Compression", "HostSystem", "BundleFormat"]),
        tests("ReportingTests", ["Reporting", "HostRecords", "Trust", "HostSystem", "BundleFormat", "Cryptography"]),
        tests("HostRecordsTests", ["HostRecords", "HostSystem", "BundleFormat", "Cryptography"]),
        tests("HostSystemTests", ["HostSystem", "BundleFormat"]),
        tests("ConfigurationTests", ["Configuration", "BundleFormat", "YAMLDocuments", stencil]),
        tests("BundleFormatTests", ["BundleFormat"]),
        tests("ComparisonTests", ["Comparison", "BundleFormat"]),
        tests("ArchivesTests", ["Archives", "BundleFormat"]),
        .target(
            name: "TestSupport", dependencies: ["Trust", "BundleFormat", "HostSystem", "Cryptography"],
            path: "Tests/Support/BundleFixture", swiftSettings: strict),
        .target(
            name: "VectorMaking",
            dependencies: ["Trust", "BundleFormat", "HostSystem", "Cryptography", "TestSupport"],
            path: "Tests/Support/VectorMaking", swiftSettings: strict),
        .executableTarget(
            name: "make-vectors", dependencies: ["VectorMaking", "HostSystem"],
            path: "Tests/Support/MakeVectors",
            swiftSettings: strict),
        tests(
            "VectorTests",
            [
                "Commands", "VectorMaking", "BundleReading", "Reporting", "PackStorage", "Compression", "Trust",
                "BundleFormat",
                "HostSystem",
                "Cryptography", "TestSupport",
            ]),
        tests(
            "BundleReadingTests",
            [
                "BundleReading", "AgeEncryption", "PackStorage", "Archives", "Trust", "BundleFormat", "HostSystem",
                "Cryptography", "TestSupport",
            ]),
        tests("CryptographyTests", ["Cryptography", "BundleFormat"]),
        tests("TrustTests", ["Trust", "BundleSpecs", "Cryptography", "BundleFormat"]),
        tests(
            "InteropTests",
            [
                "Commands", "AgeEncryption", "BundleReading", "TestSupport", "Reporting", "HostRecords", "Trust",
                "Cryptography", "HostSystem", "BundleFormat",
            ]),
        tests("YAMLDocumentsTests", ["YAMLDocuments"]),
        tests("BundleSpecsTests", ["BundleSpecs", "YAMLDocuments", "BundleFormat"]),
        tests(
            "EitherSideTests",
            [
                "Commands", "AgeEncryption", "BundleReading", "Trust", "BundleFormat", "HostSystem", "Cryptography",
                "TestSupport",
            ]),
        tests(
            "HostVerbTests",
            [
                "Commands", "Images", "Installer", "Reporting", "HostRecords", "Trust", "HostSystem", "Cryptography",
                "BundleSpecs", "BundleFormat",
            ]),
        tests("SpecVerbTests", ["Commands", "Bundler", "BundleSpecs", "BundleFormat", "HostSystem", "TestSupport"]),
    ]
)
