import Foundation
import Synchronization
import TestKit
import Testing
import Vault

/// Tokens of SoftHSM in a folder of the tests' own.
struct SoftToken: Sendable {
  static let module = "/usr/lib/softhsm/libsofthsm2.so"
  static let pin = "a-user's PIN"
  private static let utility = "/usr/bin/softhsm2-util"

  static let isInstalled =
    FileManager.default.fileExists(atPath: module) && FileManager.default.isExecutableFile(atPath: utility)

  // SoftHSM reads its configuration from the environment of the process, each time it is started.
  private static let home: Result<TemporaryFolder, any Error> = Result {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path + "/tokens", withIntermediateDirectories: false)
    try "directories.tokendir = \(home.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
      .write(toFile: home.path + "/softhsm2.conf", atomically: true, encoding: .utf8)
    unsafe setenv("SOFTHSM2_CONF", home.path + "/softhsm2.conf", 1)
    return home
  }

  let label: String
  private let tokens: String

  /// A new token with a user's PIN.
  init() throws {
    label = "cordon-\(UUID().uuidString.prefix(8))"
    tokens = try Self.home.get().path + "/tokens"
    let ending = try ChildProcess.run(
      Self.utility, ["--init-token", "--free", "--label", label, "--so-pin", "an officer's PIN", "--pin", Self.pin])
    try #require(ending.status == 0, "softhsm2-util could not make a token")
  }

  /// Pulls all tokens out.
  func pullOut() throws { try FileManager.default.moveItem(atPath: tokens, toPath: tokens + ".out") }

  /// Puts all tokens back.
  func putBack() throws { try FileManager.default.moveItem(atPath: tokens + ".out", toPath: tokens) }
}
