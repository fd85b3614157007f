package import Bytes

/// Requests as Amazon Bedrock takes them for Anthropic's models: Messages whose model and whose wish for a stream are in
/// the address, and with the version of the interface and its features in the body (Amazon Bedrock User Guide,
/// "Anthropic Claude Messages API"; Amazon Bedrock API Reference, `InvokeModel`).
package enum BedrockRequest {
  /// The one version of the interface there is.
  package static let version = "bedrock-2023-05-31"

  /// What the address or this type says of a request, so that its body may not.
  private static let elsewhere: Set<String> = ["model", "stream", "anthropic_version", "anthropic_beta"]

  /// The body of a Messages request as Bedrock takes it, every other member as it came; `features` are what the header
  /// `anthropic-beta` names elsewhere.
  package static func body(of messages: [UInt8], features: [String] = []) throws(JSONError) -> [UInt8] {
    var body = Array(#"{"anthropic_version":"\#(version)""#.utf8)
    if !features.isEmpty {
      body += Array(#","anthropic_beta":"#.utf8) + JSONValue.array(features.map(JSONValue.string)).bytes
    }
    for member in try members(of: messages.span) {
      body.append(0x2C)
      body += messages[member]
    }
    body.append(0x7D)
    return body
  }

  /// Where the members stand that go into the body.
  private static func members(of text: Span<UInt8>) throws(JSONError) -> [Range<Int>] {
    var cursor = try JSONCursor(text)
    var members: [Range<Int>] = []
    guard try cursor.token(in: text).kind == .beginObject else { throw JSONError(.unexpectedByte, at: 0) }
    while let token = try cursor.next(in: text), token.kind == .name {
      var name: [UInt8] = []
      guard JSONString.unescape(text.extracting(token.range), into: &name) else {
        throw JSONError(.loneSurrogate, at: token.range.lowerBound)
      }
      let value = try cursor.token(in: text)
      try cursor.skip(value, in: text)
      guard !elsewhere.contains(String(decoding: name, as: UTF8.self)) else { continue }
      members.append(token.range.lowerBound - 1..<cursor.offset)
    }
    return members
  }
}
