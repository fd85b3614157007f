import Bytes
import PHI
import Providers

/// Where a vendor takes each operation, and how it wants to be told who pays.
package struct VendorAddressing: Sendable {
  private let kind: Kind
  private let base: String
  private let credential: VendorCredential?

  private enum Kind {
    case openAI
    case azure(version: String?)
    case anthropic
  }

  /// The addressing of a vendor that is reached over HTTP; nil for one that is not.
  package init?(_ kind: Vendor.Kind, credential: VendorCredential?) {
    switch kind {
    case .openAI(let place): (self.kind, base) = (.openAI, place.baseURL)
    case .azureOpenAI(let place, let version): (self.kind, base) = (.azure(version: version), place.baseURL)
    case .anthropic(let place): (self.kind, base) = (.anthropic, place.baseURL)
    case .tools, .loopback: return nil
    }
    self.credential = credential
  }

  /// The address of a request.
  func url(of request: OutboundRequest) -> String {
    guard case .azure(let version?) = kind else { return base + request.operation.endpoint }
    // Responses name their deployment in the body.
    if request.operation == .responses { return "\(base)/openai/responses?api-version=\(version)" }
    return
      "\(base)/openai/deployments/\(Self.segment(request.model))\(request.operation.endpoint)?api-version=\(version)"
  }

  /// A name as one segment of a path (RFC 3986, 2.3).
  private static func segment(_ name: String) -> String {
    name.utf8.reduce(into: "") { segment, byte in
      let character = Character(Unicode.Scalar(byte))
      let isUnreserved = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
      segment += isUnreserved ? String(character) : "%" + Hex.encode([byte])
    }
  }

  /// The headers that belong to the vendor.
  func headers(of request: OutboundRequest) -> [(String, String)] {
    switch kind {
    case .openAI: credential?.bearer ?? []
    case .azure: credential.map { [("api-key", $0.key)] } ?? []
    case .anthropic:
      [("anthropic-version", request.version.day?.description ?? "2023-06-01")] + request.features
        + (credential.map { [("x-api-key", $0.key)] } ?? [])
    }
  }
}

extension OutboundRequest {
  fileprivate var features: [(String, String)] {
    version.features.isEmpty ? [] : [("anthropic-beta", version.features.joined(separator: ","))]
  }
}

/// A vendor's API key, which no description shows.
package struct VendorCredential: Sendable, CustomStringConvertible, CustomReflectable {
  fileprivate let key: String

  package init(key: String) { self.key = key }

  /// The header that most servers take it in (RFC 6750, 2.1).
  var bearer: [(String, String)] { [("authorization", "Bearer \(key)")] }

  package var description: String { "a credential" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
