import Providers
import Vault

/// Where Amazon Bedrock takes Messages: `InvokeModel` and `InvokeModelWithResponseStream`, with the model in the path.
///
/// Requests carry an API key of Bedrock, or are signed by an access key (Signature Version 4, for the service `bedrock`).
struct BedrockAddressing: Sendable {
  private let base: String
  private let signature: SignatureV4

  init(_ base: String, region: String) {
    self.base = base
    signature = SignatureV4(region: region, service: "bedrock")
  }

  /// The region that an address of the service names: the label behind `bedrock-runtime`; nil when it names none.
  static func region(of address: String) -> String? {
    let labels = VendorAddress.authority(of: address).prefix { $0 != ":" }.split(separator: ".").map(String.init)
    guard let service = labels.firstIndex(where: { $0 == "bedrock-runtime" || $0 == "bedrock-runtime-fips" }),
      service + 1 < labels.count
    else { return nil }
    return labels[service + 1]
  }

  /// The request, whose body is Bedrock's already, as it goes there at this moment.
  func sending(
    _ request: OutboundRequest, _ credential: VendorCredential?, at moment: Moment
  ) -> VendorAddressing.Sending {
    let body = request.body
    let verb = request.isStreaming ? "invoke-with-response-stream" : "invoke"
    let path = "/model/\(VendorAddressing.segment(request.model))/\(verb)"
    let accepted = request.isStreaming ? MediaType.amazonEventStream : "application/json"
    return VendorAddressing.Sending(
      url: base + path, headers: headers(path, body, credential, at: moment), body: body, accepted: accepted)
  }

  private func headers(
    _ path: String, _ body: [UInt8], _ credential: VendorCredential?, at moment: Moment
  ) -> [(String, String)] {
    guard let key = credential?.accessKey else { return credential?.bearer ?? [] }
    // The path is signed as it is sent, and encoded once more.
    let request = SignatureV4.Request(
      method: "POST", path: VendorAddress.path(of: base) + path,
      headers: [KeyServiceHeader("host", host)], body: body)
    return signature.signed(request, by: key, at: moment).filter { $0.name != "host" }.map { ($0.name, $0.value) }
  }

  /// The host as requests name it: without a port that goes without saying.
  private var host: String {
    let authority = VendorAddress.authority(of: base)
    let usual = base.hasPrefix("https://") ? ":443" : ":80"
    return authority.hasSuffix(usual) ? String(authority.dropLast(usual.utf8.count)) : authority
  }
}
