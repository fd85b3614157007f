import Bytes
package import PHI

/// The body of a `POST /v1/chat/completions`, read but not decoded.
package struct ChatRequest: Sendable {
  /// The model that is asked for.
  package let model: String
  /// Whether the answer is to come as a stream of events.
  package let isStreaming: Bool
  /// How many answers are asked for.
  package let choiceCount: Int
  /// Whether the stream is to end with the numbers of tokens.
  package let includesUsage: Bool
  /// Whether the answer is asked for as JSON, so that what is put into it must be escaped as JSON strings are.
  package let wantsJSON: Bool
  /// What cannot be inspected; a request is refused when there is any.
  package let uninspectable: [Uninspectable]
  /// All strings that can carry prose, as one text.
  package let prose: ProseView
  /// The value of the member `cordon`, which is for the gateway alone, as JSON; nil when there is none.
  package let gatewayMember: [UInt8]?
  /// The body as it came, without the member `cordon`.
  package let body: [UInt8]

  /// The request that `body` spells.
  package init(_ body: [UInt8]) throws(ProviderError) {
    var body = body
    var reader = try RequestReader(body.span)
    gatewayMember = reader.gatewayMember.map { Array(body[$0.value]) }
    if let member = reader.gatewayMember {
      body.removeSubrange(ChatRequest.withComma(member.whole, in: body))
      reader = try RequestReader(body.span)
    }
    guard let model = reader.model else { throw ProviderError(.missingField, at: 0, path: "model") }
    self.model = model
    isStreaming = reader.isStreaming
    choiceCount = reader.choiceCount
    includesUsage = reader.includesUsage
    wantsJSON = reader.wantsJSON
    uninspectable = reader.uninspectable
    prose = reader.prose
    self.body = body
  }

  /// The text to look for identifiers in, and to make edits of.
  package var view: [UInt8] { prose.text }

  /// The body with stretches of the view replaced, every other byte as it came.
  ///
  /// - Precondition: `edits` are in order, do not overlap and lie within the view.
  package func body(replacing edits: [Edit]) -> [UInt8] { prose.splicing(edits, into: body) }

  /// The range of a member and of the comma that its absence makes one too many.
  private static func withComma(_ member: Range<Int>, in body: [UInt8]) -> Range<Int> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
    var end = member.upperBound
    while end < body.count, isSpace(body[end]) { end += 1 }
    if end < body.count, body[end] == 0x2C { return member.lowerBound..<end + 1 }
    var start = member.lowerBound
    while start > 0, isSpace(body[start - 1]) { start -= 1 }
    return start > 0 && body[start - 1] == 0x2C ? start - 1..<member.upperBound : member
  }
}
