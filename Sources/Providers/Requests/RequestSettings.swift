/// What a request says that the gateway itself must know.
struct RequestSettings: Sendable {
  /// A field that says such a thing.
  enum Field: Sendable {
    case model, isStreaming, choiceCount, includesUsage, maxTokens, asksToStore, previousResponse, conversation
    case runsInBackground, toolKind
    /// Where the vendor is to work.
    case region
    /// How the vendor is to search the web.
    case webSearch
    /// The kind of text that the answer is to be.
    case answerFormat
    /// The ways in which the answer is to come; each but text cannot be inspected.
    case modalities
  }

  var model: String?
  var isStreaming = false
  var choiceCount = 1
  var includesUsage = false
  var wantsJSON = false
  var maxTokens: Int?
  var asksToStore: Bool?
  var previousResponse: String?
  var conversation: String?
  var runsInBackground = false
  /// The way to the first field that names what the vendor keeps, or tells it to.
  var kept: String?
  var region: String?
  /// The kinds of the tools that are not functions of the caller's.
  var vendorTools: [String] = []
}
