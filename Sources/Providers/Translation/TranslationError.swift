package import Bytes

/// Why a request or an answer cannot be said in another dialect.
///
/// The path holds only names that the dialects know, and indices; never a name or a value of the sender's own.
package struct TranslationError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// It is not the strict JSON that is asked for.
    case malformedJSON(JSONError.Code)
    /// A field that must be there is not.
    case missingField
    /// A field holds another kind of value than it must.
    case wrongType
    /// The other dialect has nothing that says the same.
    case notCarried
    /// The other dialect has the field, but not this value of it.
    case outOfRange
    /// A piece of a text or of a call comes after its end.
    case outOfOrder
    /// An event of a stream is larger than is taken.
    case eventTooLarge
    /// An answer opens more blocks at once than are taken.
    case tooManyBlocks
    /// The stream ends inside an event.
    case truncatedEvent
    /// The vendor says in its answer that it failed.
    case vendorFailed
  }

  /// What is wrong.
  package var code: Code
  /// The way to the field, such as `messages[2].content`; empty at the top, `*` for a name that no dialect has.
  package var path: String

  /// An error of one kind at one field.
  package init(_ code: Code, at path: String = "") {
    self.code = code
    self.path = path
  }
}

extension TranslationError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    let place = path.isEmpty ? "the body" : "`\(path)`"
    return switch code {
    case .malformedJSON: "\(place) is not JSON that can be taken at its word"
    case .missingField: "\(place) is missing"
    case .wrongType: "wrong type of value at \(place)"
    case .notCarried: "\(place) has no counterpart in the vendor's dialect"
    case .outOfRange: "the value of \(place) has no counterpart in the vendor's dialect"
    case .outOfOrder: "\(place) goes on after its end"
    case .eventTooLarge: "event too large"
    case .tooManyBlocks: "too many blocks at once"
    case .truncatedEvent: "the stream ends inside an event"
    case .vendorFailed: "the vendor reported a failure"
    }
  }
}
