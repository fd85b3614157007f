package import Bytes

/// Why a body or an event could not be taken at its word.
///
/// The path holds only names that this module knows, and indices; never a name or a value of the sender's own.
package struct ProviderError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// It is not the strict JSON that is asked for.
    case malformedJSON(JSONError.Code)
    /// A field that must be there is not.
    case missingField
    /// A field holds another kind of value than it must.
    case wrongType
    /// A number is not one that the field can have.
    case outOfRange
    /// A request has more strings and numbers than are taken.
    case tooManyValues
    /// An event of a stream is larger than is taken.
    case eventTooLarge
    /// An answer opens more texts at once than are taken.
    case tooManyChannels
    /// A text that clients join to others comes, or goes on, after a later one of them has begun.
    case textsOutOfOrder
    /// The stream ends inside an event.
    case truncatedEvent
    /// The vendor says in its answer that it failed.
    case vendorFailed
  }

  /// What is wrong.
  package var code: Code
  /// The byte of the body, or of the event's data, at which it was noticed.
  package var offset: Int
  /// The way to the field, such as `messages[2].content`; empty at the top.
  package var path: String

  /// An error of one kind at one byte.
  package init(_ code: Code, at offset: Int, path: String = "") {
    self.code = code
    self.offset = offset
    self.path = path
  }

  init(_ error: JSONError, path: String = "") {
    self.init(.malformedJSON(error.code), at: error.offset, path: path)
  }
}

extension ProviderError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    let place = path.isEmpty ? "byte \(offset)" : "`\(path)` (byte \(offset))"
    return switch code {
    case .malformedJSON(let code): JSONError(code, at: offset).description
    case .missingField: "missing field at \(place)"
    case .wrongType: "wrong type of value at \(place)"
    case .outOfRange: "number out of range at \(place)"
    case .tooManyValues: "too many strings and numbers"
    case .eventTooLarge: "event too large"
    case .tooManyChannels: "too many choices or tool calls"
    case .textsOutOfOrder: "texts of one answer out of order"
    case .truncatedEvent: "the stream ends inside an event"
    case .vendorFailed: "the vendor reported a failure"
    }
  }
}
