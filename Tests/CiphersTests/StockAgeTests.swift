import Ciphers
import Foundation
import TestKit
import Testing

/// The stock `age` program, where it is installed.
private enum StockAge {
  static let path = "/usr/bin/age"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// What the shell script prints, which has to succeed.
  static func shell(_ script: String, in folder: String, typing: String = "") throws -> String {
    let ending = try ChildProcess.run("/bin/sh", ["-c", script], in: folder, typing: typing)
    #expect(ending.status == 0, "\(ending.text)")
    return ending.text
  }
}

@Suite(.enabled(if: StockAge.isInstalled, "no stock age is installed"))
struct StockAgeTests {
  private static let sizes = [0, 1, 65_535, 65_536, 65_537, 10_000_000]

  private func text(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: 64)
    return [UInt8](randomCount: count, using: &random)
  }

  private func passphrase() throws -> AgePassphrase {
    var bytes = Array("correct horse".utf8)
    return try AgePassphrase(SecretBytes(taking: &bytes), workFactor: 10)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private func read(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }

  private func encrypted(_ text: [UInt8], by encryptor: consuming AgeEncryptor) throws -> [UInt8] {
    var encryptor = encryptor
    var output: [UInt8] = []
    try encryptor.update(text.span, into: &output)
    try encryptor.finish(into: &output)
    return output
  }

  private func decrypted(_ file: [UInt8], by decryptor: consuming AgeDecryptor) throws -> [UInt8] {
    var decryptor = decryptor
    var output: [UInt8] = []
    try decryptor.update(file.span, into: &output)
    try decryptor.finish(into: &output)
    return output
  }

  @Test(arguments: sizes) func `stock age decrypts what is encrypted to a recipient, and the reverse`(
    _ count: Int
  ) throws {
    var random = SystemRandomNumberGenerator()
    let folder = try TemporaryFolder()
    let identity = try AgeIdentity(using: &random)
    let text = text(count)
    try write(Array(identity.revealingText().utf8), to: "\(folder.path)/key")
    try write(
      encrypted(text, by: AgeEncryptor(to: [identity.recipient], using: &random)), to: "\(folder.path)/ours.age")
    _ = try StockAge.shell(
      "age -d -i key ours.age > theirs && age -r \(identity.recipient) theirs > theirs.age", in: folder.path)
    #expect(try read("\(folder.path)/theirs") == text)
    let theirs = try read("\(folder.path)/theirs.age")
    #expect(try decrypted(theirs, by: AgeDecryptor(with: identity)) == text)
  }

  @Test func `stock age makes the same recipient of an identity`() throws {
    var random = SystemRandomNumberGenerator()
    let folder = try TemporaryFolder()
    for _ in 0..<5 {
      let identity = try AgeIdentity(using: &random)
      try write(Array(identity.revealingText().utf8), to: "\(folder.path)/key")
      let recipient = try StockAge.shell("age-keygen -y key", in: folder.path)
      #expect(recipient == "\(identity.recipient)\n")
    }
    let made = try StockAge.shell("age-keygen 2>/dev/null", in: folder.path).split(separator: "\n")
    let identity = try AgeIdentity(text: String(try #require(made.last)))
    #expect(made[1] == "# public key: \(identity.recipient)")
  }

  /// `script` gives `age` the terminal that it reads a passphrase from.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "no script(1) is installed"),
    arguments: [0, 1, 65_537])
  func `stock age decrypts what is encrypted under a passphrase, and the reverse`(_ count: Int) throws {
    var random = SystemRandomNumberGenerator()
    let folder = try TemporaryFolder()
    let text = text(count)
    try write(encrypted(text, by: AgeEncryptor(under: passphrase(), using: &random)), to: "\(folder.path)/ours.age")
    _ = try StockAge.shell(
      "(sleep 1; echo correct horse; sleep 3) | script -qec 'age -d ours.age > theirs' /dev/null", in: folder.path)
    #expect(try read("\(folder.path)/theirs") == text)
    _ = try StockAge.shell(
      """
      (sleep 1; echo correct horse; sleep 1; echo correct horse; sleep 4) \
      | script -qec 'age -p theirs > theirs.age' /dev/null
      """, in: folder.path)
    let theirs = try read("\(folder.path)/theirs.age")
    #expect(try decrypted(theirs, by: AgeDecryptor(with: passphrase())) == text)
  }
}
