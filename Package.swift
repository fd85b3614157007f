// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is built with: the strictest settings the toolchain has, warnings as errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A library of the house, in `Sources/<name>`.
func library(_ name: String, _ imports: Target.Dependency...) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict)
}

/// The tests of a library, in `Tests/<name>Tests`; cases and snapshots beside them are read from the source tree.
func tests(of name: String, _ imports: Target.Dependency..., excluding: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "TestKit"] + imports, exclude: excluding,
    swiftSettings: strict)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "cordon",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "cordon", targets: ["cordon"]),
    .library(name: "Deidentification", targets: ["Deidentification"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Floor 0: vocabulary.
    library("Bytes"),
    library("PHI"),
    // Floor 1: pure knowledge.
    .target(name: "EmbeddedLexicon", exclude: ["lexicon.bin"]),
    .target(name: "EmbeddedTagger", exclude: ["tagger.bin"]),
    .target(name: "EmbeddedPolicies", exclude: ["hospital.cedar", "hospital.cedarschema"]),
    .target(name: "CTagger"),
    library("Detection", "Bytes", "PHI", "EmbeddedLexicon", "EmbeddedTagger", "CTagger"),
    .target(name: "EmbeddedNames", exclude: ["names.txt"]),
    library("Names", "Bytes", "EmbeddedNames"),
    library("Synthesis", "Bytes", "PHI", "Names"),
    .target(name: "COnnxRuntime"),
    library("Transformers", "Bytes", "PHI", "Detection", "COnnxRuntime"),
    library("Formats", "Bytes"),
    .target(name: "CHashing"),
    library("Ciphers", "Bytes", "CHashing", crypto, cryptoExtras),
    library("EncryptedComputation", "Bytes", "Ciphers"),
    library("Attestation", "Bytes", crypto, cryptoExtras),
    library("Policy", "Bytes"),
    library("Providers", "Bytes", "PHI"),
    // Floor 2: the work.
    library("Deidentification", "Bytes", "PHI", "Detection", "Formats", "Ciphers", "Names"),
    library("Training", "Bytes", "Detection"),
    // Floor 3: memory.
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    library("Storage", "Bytes", "Ciphers", "CPostgreSQL", sqlite),
    .systemLibrary(name: "CArgon2", providers: [.apt(["libargon2-dev"])]),
    .target(name: "CPKCS11"),
    .target(name: "CMachine"),
    library("Vault", "Bytes", "Ciphers", "Storage", "CArgon2", "CPKCS11", "CMachine", crypto, sqlite),
    library("Ledger", "Bytes", "Ciphers", "PHI", "Storage", "CHashing", sqlite),
    library("Backup", "Bytes", "Ciphers", "Storage", "Ledger", sqlite),
    // Floor 4: faces.
    library(
      "Gateway", "Bytes", "PHI", "Detection", "Transformers", "Ciphers", "Providers", "Policy", "EmbeddedPolicies",
      "Deidentification", "Storage", "Ledger", "Vault", "Attestation", logging,
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
      .product(name: "HummingbirdHTTP2", package: "hummingbird"),
      .product(name: "AsyncHTTPClient", package: "async-http-client"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "HTTPTypes", package: "swift-http-types"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOTLS", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "Yams", package: "Yams")),
    .target(name: "CMemory"),
    .executableTarget(
      name: "cordon",
      dependencies: [
        "CMemory", "Bytes", "PHI", "Detection", "Formats", "Ciphers", "Attestation", "Policy", "Transformers",
        "Deidentification", "Names",
        "Synthesis",
        "Training", "Storage", "Vault", "Ledger", "Backup", "Gateway", "EncryptedComputation", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    // Tests.
    .target(name: "TestKit", dependencies: [], path: "Tests/TestKit", swiftSettings: strict),
    .target(name: "StorageTestKit", dependencies: [sqlite], path: "Tests/StorageTestKit", swiftSettings: strict),
    tests(of: "Bytes"),
    tests(of: "PHI"),
    tests(of: "Detection", "Bytes", "PHI"),
    tests(of: "Training", "Detection", "PHI"),
    tests(of: "Names", "Bytes"),
    tests(of: "Synthesis", "Bytes", "Names"),
    tests(of: "Transformers", "Bytes", "PHI", "Detection", excluding: ["Cases"]),
    tests(of: "Formats", "Bytes"),
    tests(of: "Ciphers", "Bytes"),
    tests(of: "EncryptedComputation", "Bytes", "Ciphers"),
    tests(of: "Attestation", "Bytes", crypto, cryptoExtras),
    tests(of: "Policy", "Bytes", excluding: ["Cases", "Snapshots"]),
    tests(of: "Providers", "Bytes", "PHI", excluding: ["Cases"]),
    tests(of: "Deidentification", "Bytes", "PHI", "Detection", "Formats", "Ciphers", "Names"),
    tests(of: "Storage", "StorageTestKit", "Bytes", "Ciphers", sqlite),
    tests(
      of: "Vault", "StorageTestKit", "Bytes", "Ciphers", "Storage", crypto, sqlite,
      excluding: ["Providers/AWS/Signing"]),
    tests(of: "Ledger", "Bytes", "Ciphers", "PHI", "Storage", sqlite, excluding: ["Export/Snapshots"]),
    tests(of: "Backup", "StorageTestKit", "Bytes", "Ciphers", "Ledger", sqlite),
    tests(
      of: "Gateway", "Bytes", "PHI", "Detection", "Ciphers", "Ledger", "Policy", "Providers", "Vault", logging,
      .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")),
    .testTarget(
      name: "CordonTests", dependencies: ["TestKit", "Bytes"], exclude: ["Transcripts"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c2x
)
