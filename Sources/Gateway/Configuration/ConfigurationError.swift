package import Ledger

/// What is wrong in a configuration file, and on which line.
package struct ConfigurationError: Error, Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    case notYAML
    case missing
    case unknownKey(allowed: [String])
    case wrongForm(expected: String)
    case unknownReference(to: String)
    case duplicate
    case needsCertificate
    case unreadable
    case agreementMissing

    /// What the log calls it.
    package var recorded: ConfiguredName? {
      switch self {
      case .notYAML: ConfiguredName("not_yaml")
      case .missing: ConfiguredName("missing")
      case .unknownKey: ConfiguredName("unknown_key")
      case .wrongForm: ConfiguredName("wrong_form")
      case .unknownReference: ConfiguredName("unknown_reference")
      case .duplicate: ConfiguredName("duplicate")
      case .needsCertificate: ConfiguredName("needs_certificate")
      case .unreadable: ConfiguredName("unreadable")
      case .agreementMissing: ConfiguredName("agreement_missing")
      }
    }
  }

  package var code: Code
  /// The place in the file's own terms, such as `vendors[1].agreement.expires`.
  package var path: String
  /// The line, counted from 1; nil when the mistake is the file's as a whole.
  package var line: Int?

  package init(_ code: Code, at path: String, line: Int?) {
    self.code = code
    self.path = path
    self.line = line
  }
}

extension ConfigurationError: CustomStringConvertible {
  package var description: String {
    let place = (line.map { "line \($0): " } ?? "") + (path.isEmpty ? "" : "`\(path)`: ")
    return place + message + (help.map { "\nhelp: \($0)" } ?? "")
  }

  /// The description without line breaks, for a log.
  var inOneLine: String { description.split(separator: "\n").joined(separator: "; ") }

  private var message: String {
    switch code {
    case .notYAML: "cannot be read as YAML"
    case .missing: "is missing"
    case .unknownKey: "no such key"
    case .wrongForm(let expected): "must be \(expected)"
    case .unknownReference(let kind): "names no \(kind) of this file"
    case .duplicate: "is given twice"
    case .needsCertificate: "an address that other machines can reach needs TLS"
    case .unreadable: "cannot be read"
    case .agreementMissing: "a vendor outside this process needs an agreement"
    }
  }

  private var help: String? {
    switch code {
    case .unknownKey(let allowed): "the keys here are \(allowed.map { "`\($0)`" }.joined(separator: ", "))"
    case .needsCertificate: "give `listen.tls` a certificate and a key, or listen on 127.0.0.1"
    case .unknownReference(let kind): "add the \(kind), or correct the name"
    case .unreadable: "check that the file exists and that this user may read it"
    case .notYAML, .missing, .wrongForm, .duplicate, .agreementMissing: nil
    }
  }
}
