import Bytes
package import Ciphers

/// An access key of AWS, with the token of a session where it is one that expires.
package final class AWSCredentials: Sendable {
  /// The public half.
  package let accessKeyID: String
  /// The secret half.
  package let secret: SecretBytes
  /// The token of a session.
  package let sessionToken: String?

  /// The access key of these halves.
  package init(accessKeyID: String, secret: consuming SecretBytes, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secret = secret
    self.sessionToken = sessionToken
  }

  /// The access key that the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` hold.
  package convenience init?(environment: [String: String]) {
    self.init(
      environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_SESSION_TOKEN"])
  }

  /// The access key of a profile in a credentials file: sections in brackets, `name = value` in lines.
  package convenience init?(file: String, profile: String = "default") {
    var values: [String: String] = [:]
    var isInProfile = false
    for line in file.split(whereSeparator: \.isNewline) {
      let line = Self.trimmed(line)
      if line.hasPrefix("[") {
        isInProfile = line == "[\(profile)]"
      } else if isInProfile, !line.hasPrefix("#"), !line.hasPrefix(";"), let equals = line.firstIndex(of: "=") {
        values[Self.trimmed(line[..<equals])] = Self.trimmed(line[line.index(after: equals)...])
      }
    }
    self.init(values["aws_access_key_id"], values["aws_secret_access_key"], values["aws_session_token"])
  }

  private convenience init?(_ id: String?, _ secret: String?, _ token: String?) {
    guard let id, !id.isEmpty, id.utf8.allSatisfy(ASCII.isAlphanumeric), let secret, !secret.isEmpty else { return nil }
    var bytes = Array(secret.utf8)
    self.init(
      accessKeyID: id, secret: SecretBytes(taking: &bytes), sessionToken: token.flatMap { $0.isEmpty ? nil : $0 })
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
  /// The public half.
  package var description: String { "access key \(accessKeyID)" }
  /// Nothing: a dump shows no secret.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
