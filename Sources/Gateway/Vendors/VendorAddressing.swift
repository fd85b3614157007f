import Bytes
import PHI
import Providers
import Vault

/// Where a vendor takes each operation, and how it wants to be told who pays.
package struct VendorAddressing: Sendable {
  private let kind: Kind
  private let base: String
  let credential: VendorCredential?

  private enum Kind {
    case openAI
    case azure(version: String?)
    case anthropic
    case bedrock(BedrockAddressing)
  }

  /// A request as it goes over the wire.
  struct Sending {
    var url: String
    /// The headers that belong to the vendor.
    var headers: [(String, String)]
    var body: [UInt8]
    /// The media type of its answer.
    var accepted: String
  }

  /// The addressing of a vendor that is reached over HTTP; nil for one that is not.
  package init?(_ kind: Vendor.Kind, credential: VendorCredential?) {
    switch kind {
    case .openAI(let place): (self.kind, base) = (.openAI, place.baseURL)
    case .azureOpenAI(let place, let version): (self.kind, base) = (.azure(version: version), place.baseURL)
    case .anthropic(let place): (self.kind, base) = (.anthropic, place.baseURL)
    case .bedrock(let place, let region):
      (self.kind, base) = (.bedrock(BedrockAddressing(place.baseURL, region: region)), place.baseURL)
    case .tools, .loopback: return nil
    }
    self.credential = credential
  }

  /// The request as it goes to the vendor now.
  func sending(_ request: OutboundRequest) -> Sending {
    if case .bedrock(let bedrock) = kind { return bedrock.sending(request, credential, at: .now()) }
    return Sending(
      url: url(of: request), headers: headers(of: request.version), body: request.body,
      accepted: request.isStreaming ? "text/event-stream" : "application/json")
  }

  /// The address of a request.
  private func url(of request: OutboundRequest) -> String {
    guard case .azure(let version?) = kind else { return base + request.operation.endpoint }
    // Responses name their deployment in the body.
    if request.operation == .responses { return "\(base)/openai/responses?api-version=\(version)" }
    return
      "\(base)/openai/deployments/\(Self.segment(request.model))\(request.operation.endpoint)?api-version=\(version)"
  }

  /// The address of something that the vendor has.
  func url(of request: ResourceRequest) -> String {
    guard case .azure(let version?) = kind else { return base + request.target() }
    return "\(base)/openai\(request.target(adding: [("api-version", version)]))"
  }

  /// A name as one segment of a path (RFC 3986, 2.3).
  static func segment(_ name: String) -> String {
    name.utf8.reduce(into: "") { segment, byte in
      let character = Character(Unicode.Scalar(byte))
      let isUnreserved = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
      segment += isUnreserved ? String(character) : "%" + Hex.encode([byte]).uppercased()
    }
  }

  /// The headers that belong to the vendor, for a request in this version of the interface.
  func headers(of version: InterfaceVersion) -> [(name: String, value: String)] {
    switch kind {
    case .openAI: credential?.bearer ?? []
    case .azure: credential?.header("api-key") ?? []
    case .anthropic:
      [("anthropic-version", version.day?.description ?? "2023-06-01")] + Self.features(version)
        + (credential?.header("x-api-key") ?? [])
    case .bedrock: []
    }
  }
}

extension VendorAddressing {
  private static func features(_ version: InterfaceVersion) -> [(name: String, value: String)] {
    version.features.isEmpty ? [] : [("anthropic-beta", version.features.joined(separator: ","))]
  }
}
