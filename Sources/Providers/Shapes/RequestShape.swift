import Bytes

/// An object of a request: what its fields are, and what is done with each.
///
/// A dialect is a root shape and the shapes below it, in a file of its own, as its vendor documents them. The tables
/// list every field that is *not* shown as prose with its name; whatever is not listed is shown.
struct RequestShape: Sendable {
  // A function, because a shape may have itself among its fields.
  private let makeTable: @Sendable () -> Table

  init(_ makeTable: @escaping @Sendable () -> Table) { self.makeTable = makeTable }

  /// What there is to say of the shape.
  var table: Table { makeTable() }

  /// What is done with the fields of a shape.
  final class Table: Sendable {
    let fields: [Field]
    let kinds: [Kind]?
    let variants: [Variant]?
    let others: Treatment
    let isStructural: @Sendable (Span<UInt8>) -> Bool
    let required: [String]

    /// - Parameters:
    ///   - fields: what is known.
    ///   - kinds: which values of its field of treatment `kind` make such an object one that can be inspected; nil when
    ///     every one can.
    ///   - required: the fields that must be there.
    ///   - others: what is done with the fields that are not listed.
    ///   - isStructural: whether a name that is not listed still belongs to the protocol, and is not shown.
    init(
      _ fields: [Field] = [], kinds: [Kind]? = nil, required: [String] = [], others: Treatment = .labelled,
      isStructural: @escaping @Sendable (Span<UInt8>) -> Bool = { _ in false }
    ) {
      self.fields = fields
      self.kinds = kinds
      variants = nil
      self.required = required
      self.others = others
      self.isStructural = isStructural
    }

    /// - Parameter variants: what such an object may say that it is in its field `type`, each a shape of its own; an
    ///   object that is none of them cannot be inspected.
    init(variants: [Variant]) {
      self.variants = variants
      fields = []
      kinds = nil
      required = []
      others = .labelled
      isStructural = { _ in false }
    }

    func variant(named name: Span<UInt8>) -> RequestShape? { variants?.first { name.spells($0.name) }?.shape }

    func field(named name: Span<UInt8>) -> Field? {
      search: for field in fields where field.bytes.count == name.count {
        for index in name.indices where field.bytes[index] != name[index] { continue search }
        return field
      }
      return nil
    }

    func kind(named name: Span<UInt8>) -> Kind? { kinds?.first { name.spells($0.name) } }
  }

  /// A field that is known.
  final class Field: Sendable {
    let name: String
    let bytes: [UInt8]
    let treatment: Treatment

    init(_ name: String, _ treatment: Treatment) {
      self.name = name
      self.bytes = Array(name.utf8)
      self.treatment = treatment
    }
  }

  /// A type of object that has a shape of its own.
  struct Variant: Sendable {
    let name: StaticString
    let shape: RequestShape

    init(_ name: StaticString, _ shape: RequestShape) {
      self.name = name
      self.shape = shape
    }
  }

  /// A kind of object that is known.
  struct Kind: Sendable, ExpressibleByStringLiteral {
    let name: StaticString
    /// Why such an object cannot be inspected; nil when it can.
    let reason: Uninspectable.Reason?
    /// Whether it stands for something that the vendor keeps.
    let isReference: Bool

    init(_ name: StaticString, _ reason: Uninspectable.Reason? = nil, isReference: Bool = false) {
      self.name = name
      self.reason = reason
      self.isReference = isReference
    }

    init(stringLiteral name: StaticString) { self.init(name) }
  }
}

extension RequestShape {
  /// An object of which nothing is known.
  static let unknown = RequestShape { unknownTable }

  private static let unknownTable: Table = Table()

  /// The shape of an operation's request.
  static func root(of operation: Operation) -> RequestShape {
    switch operation {
    case .chatCompletions: chat
    case .completions: completions
    case .responses: responses
    case .embeddings: embeddings
    case .moderations: moderations
    case .messages, .countTokens: messages
    }
  }

  /// What the caller keeps beside a request: names and values of its own.
  static let metadata = RequestShape { metadataTable }

  private static let metadataTable: Table = Table(others: .name(.value))

  /// What stands beside bytes that cannot be inspected.
  static let sealedContent = RequestShape { sealedContentTable }

  private static let sealedContentTable: Table = Table([
    Field("type", .structural),
    Field("format", .structural),
    Field("detail", .structural),
    Field("voice", .structural),
    Field("media_type", .words(mediaTypes)),
    Field("id", .structural),
    Field("file_id", .structural),
    Field("url", .bytes),
    Field("image_url", .bytes),
    Field("data", .bytes),
    Field("file_data", .bytes),
  ])

  private static let mediaTypes: [StaticString] = [
    "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "audio/wav", "audio/mp3",
    "audio/mpeg",
  ]

  private static let bare = RequestShape { bareTable }

  private static let bareTable: Table = Table([
    Field("model", .setting(.model)),
    Field("cordon", .gateway),
    Field("stream", .setting(.isStreaming)),
  ])
}
