import Bytes
package import PHI

/// The body of a request to a model, read but not decoded.
package struct ModelRequest: Sendable {
  /// What is asked for.
  package let operation: Operation
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
  /// How many tokens the answer may have at most, when the request says so.
  package let maxTokens: Int?
  /// The answer, kept by the vendor, that this request goes on from.
  package let previousResponse: String?
  /// The conversation, kept by the vendor, that this request belongs to.
  package let conversation: String?
  /// Whether the answer is to be made after the vendor has replied, to be fetched later.
  package let runsInBackground: Bool
  /// The way to a field that names anything else that the vendor keeps, or tells it to keep more; nil when there is none.
  package let kept: String?
  /// The kinds of the tools that are not functions of the caller's: what the vendor runs itself, or lets others run.
  package let vendorTools: [String]
  /// What the request says of the vendor's keeping it and its answer.
  package let storage: Storage
  /// Where the vendor is to work, when the request says so.
  package let region: String?
  /// How many tokens of the body were read before their turn, to learn what objects are; at most as many as there are.
  package let stepsAhead: Int
  /// What cannot be inspected; a request is refused when there is any.
  package let uninspectable: [Uninspectable]
  /// All strings that can carry prose, as one text.
  package let prose: ProseView
  /// The value of the member `cordon`, which is for the gateway alone, as JSON; nil when there is none.
  package let gatewayMember: [UInt8]?
  /// Where in the body the members are that ask the vendor to cache it, in order.
  let cacheMembers: [Range<Int>]
  /// The body as it came, without the member `cordon`.
  package let body: [UInt8]

  /// The request that `body` spells.
  package init(_ body: [UInt8], for operation: Operation) throws(ProviderError) {
    let shape = RequestShape.root(of: operation)
    var body = body
    var reader = try RequestReader(body.span, as: shape)
    gatewayMember = reader.gatewayMember.map { Array(body[$0.value]) }
    if let member = reader.gatewayMember {
      body.removeSubrange(ModelRequest.withComma(member.whole, in: body))
      reader = try RequestReader(body.span, as: shape)
    }
    let settings = reader.settings
    guard let model = settings.model else { throw ProviderError(.missingField, at: 0, path: "model") }
    self.operation = operation
    self.model = model
    isStreaming = settings.isStreaming
    choiceCount = settings.choiceCount
    includesUsage = settings.includesUsage
    wantsJSON = settings.wantsJSON
    maxTokens = settings.maxTokens
    previousResponse = settings.previousResponse
    conversation = settings.conversation
    runsInBackground = settings.runsInBackground
    kept = settings.kept
    vendorTools = settings.vendorTools
    storage =
      switch settings.asksToStore {
      case true?: .asked
      case false?: .declined
      case nil: operation.isKept ? .unsaid : .declined
      }
    region = settings.region
    stepsAhead = reader.stepsAhead
    uninspectable = reader.uninspectable
    prose = reader.prose
    cacheMembers = reader.cacheMembers
    self.body = body
  }

  /// What a request says of the vendor's keeping it and its answer.
  package enum Storage: String, Hashable, Sendable {
    /// They are to be kept.
    case asked
    /// They are not to be kept, or nothing is said and the vendor's custom is not to.
    case declined
    /// Nothing is said, and the vendor's custom is to keep them.
    case unsaid
  }

  /// `body`, of a request that says nothing of it, with a member that declines to be kept.
  package static func decliningStorage(_ body: [UInt8]) -> [UInt8] {
    guard let brace = body.firstIndex(of: UInt8(ascii: "{")) else { return body }
    return body[...brace] + Array(#""store":false,"#.utf8) + body[(brace + 1)...]
  }

  /// The text to look for identifiers in, and to make edits of.
  package var view: [UInt8] { prose.text }

  /// The body with stretches of the view replaced, every other byte as it came.
  ///
  /// - Precondition: `edits` are in order, do not overlap and lie within the view.
  package func body(replacing edits: [Edit]) -> [UInt8] { prose.splicing(edits, into: body) }

  /// The body with stretches of the view replaced, and the names and ids in it that go out under others.
  ///
  /// - Precondition: `edits` are in order, do not overlap and lie within the view.
  package func replacing(_ edits: [Edit]) -> (body: [UInt8], names: RequestNames) { prose.replacing(edits, in: body) }

  /// The range of a member and of the comma that its absence makes one too many.
  static func withComma(_ member: Range<Int>, in body: [UInt8]) -> Range<Int> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
    var end = member.upperBound
    while end < body.count, isSpace(body[end]) { end += 1 }
    if end < body.count, body[end] == 0x2C { return member.lowerBound..<end + 1 }
    var start = member.lowerBound
    while start > 0, isSpace(body[start - 1]) { start -= 1 }
    return start > 0 && body[start - 1] == 0x2C ? start - 1..<member.upperBound : member
  }
}
