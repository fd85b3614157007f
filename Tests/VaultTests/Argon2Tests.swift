import Bytes
import Ciphers
import Testing
import Vault

/// Known answers of Argon2id version 0x13, as the reference implementation publishes them.
struct Argon2Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let memory: UInt32
    let passes: UInt32
    let lanes: UInt32
    let passphrase: String
    let salt: String
    let key: String
    var testDescription: String { "m=\(memory) t=\(passes) p=\(lanes) \(passphrase) \(salt)" }
  }

  static let vectors = [
    Vector(
      memory: 1 << 16, passes: 2, lanes: 1, passphrase: "password", salt: "somesalt",
      key: "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
    Vector(
      memory: 1 << 8, passes: 2, lanes: 1, passphrase: "password", salt: "somesalt",
      key: "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
    Vector(
      memory: 1 << 8, passes: 2, lanes: 2, passphrase: "password", salt: "somesalt",
      key: "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
    Vector(
      memory: 1 << 16, passes: 2, lanes: 1, passphrase: "differentpassword", salt: "somesalt",
      key: "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"),
    Vector(
      memory: 1 << 16, passes: 2, lanes: 1, passphrase: "password", salt: "diffsalt",
      key: "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"),
  ]

  @Test(arguments: vectors) func `gives the published key`(_ vector: Vector) throws {
    let parameters = try #require(
      Argon2Parameters(memory: vector.memory, passes: vector.passes, lanes: vector.lanes))
    var passphrase = Array(vector.passphrase.utf8)
    let key = try parameters.key(passphrase: SecretBytes(taking: &passphrase), salt: Array(vector.salt.utf8))
    #expect(key.withBytes { Hex.encode($0) } == vector.key)
  }
}
