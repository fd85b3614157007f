import Bytes
import Crypto
import Foundation
import Synchronization
import Vault

/// Sealing and opening for servers that tests make up: AES-256-GCM, nonce first, with associated data.
enum FakeSeal {
  static func seal(_ text: [UInt8], _ key: SymmetricKey, _ associated: [UInt8]) throws -> [UInt8] {
    let box = try AES.GCM.seal(text, using: key, authenticating: associated)
    return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
  }

  static func open(_ sealed: [UInt8], _ key: SymmetricKey, _ associated: [UInt8]) -> [UInt8]? {
    guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
    return (try? AES.GCM.open(box, using: key, authenticating: associated)).map { Array($0) }
  }
}

extension KeyServiceResponse {
  /// An answer with a JSON body.
  static func json(_ status: Int, _ value: JSONValue) -> KeyServiceResponse {
    var body: [UInt8] = []
    value.write(into: &body)
    return KeyServiceResponse(
      status: status, headers: [KeyServiceHeader("content-type", "application/json")], body: body)
  }
}

extension KeyServiceRequest {
  func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

  var json: JSONValue { (try? JSONValue(parsing: body)) ?? .object([]) }
}

extension KeyServiceAttempts {
  /// Three attempts without pauses.
  static var hurried: KeyServiceAttempts { KeyServiceAttempts(wait: { _ in }) }
}
