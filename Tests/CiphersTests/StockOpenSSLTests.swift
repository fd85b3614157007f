import Bytes
import Ciphers
import Foundation
import TestKit
import Testing

/// Keys wrapped by the stock `openssl` program, where it is installed, and unwrapped here, and the reverse.
@Suite(
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "no stock openssl is installed"))
struct StockOpenSSLTests {
  private func openssl(_ arguments: [String], on input: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let source = URL(fileURLWithPath: "\(folder.path)/in")
    let target = URL(fileURLWithPath: "\(folder.path)/out")
    try Data(input).write(to: source)
    let ending = try ChildProcess.run("/usr/bin/openssl", arguments + ["-in", source.path, "-out", target.path])
    #expect(ending.status == 0, "\(ending.text)")
    return try Array(Data(contentsOf: target))
  }

  private func wrap(_ form: String, _ input: [UInt8], key: [UInt8], decrypt: Bool = false) throws -> [UInt8] {
    let vector = form.hasSuffix("pad") ? "a65959a6" : "a6a6a6a6a6a6a6a6"
    return try openssl(
      ["enc", decrypt ? "-d" : "-e", "-id-\(form)", "-K", Hex.encode(key), "-iv", vector, "-nopad"], on: input)
  }

  @Test(arguments: [("aes128-wrap", 16), ("aes192-wrap", 24), ("aes256-wrap", 32)])
  func `openssl unwraps what is wrapped by RFC 3394, and the reverse`(form: String, length: Int) throws {
    var random = SystemRandomNumberGenerator()
    let key = [UInt8](randomCount: length, using: &random)
    let secret = [UInt8](randomCount: 32, using: &random)
    let wrapped = try KeyWrapping.wrap(copied(secret), under: copied(key))
    #expect(try wrap(form, wrapped, key: key, decrypt: true) == secret)
    let theirs = try wrap(form, secret, key: key)
    #expect(theirs == wrapped)
    #expect(try KeyWrapping.unwrap(theirs.span, under: copied(key)).revealed == secret)
  }

  @Test(arguments: [1, 7, 8, 9, 20, 33])
  func `openssl unwraps what is wrapped by RFC 5649, and the reverse`(_ count: Int) throws {
    var random = SystemRandomNumberGenerator()
    let key = [UInt8](randomCount: 32, using: &random)
    let secret = [UInt8](randomCount: count, using: &random)
    let wrapped = try KeyWrapping.wrapPadded(copied(secret), under: copied(key))
    #expect(try wrap("aes256-wrap-pad", wrapped, key: key, decrypt: true) == secret)
    let theirs = try wrap("aes256-wrap-pad", secret, key: key)
    #expect(theirs == wrapped)
    #expect(try KeyWrapping.unwrapPadded(theirs.span, under: copied(key)).revealed == secret)
  }

  private func copied(_ bytes: [UInt8]) -> SecretBytes {
    var bytes = bytes
    return SecretBytes(taking: &bytes)
  }
}
