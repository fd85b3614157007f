/// A piece of JSON's structure and where it is.
public struct JSONToken: Hashable, Sendable {
  /// What a token can be.
  public enum Kind: Hashable, Sendable {
    case beginObject, endObject, beginArray, endArray
    /// The name of a member; its value comes next.
    case name
    case string, number
    case `true`, `false`, null
  }

  /// What it is.
  public var kind: Kind
  /// Where it is in the text; of a string or a name, what is between the quotes.
  public var range: Range<Int>
  /// Whether a string or a name has a backslash in it.
  public var isEscaped: Bool

  /// A token of one kind at one place.
  public init(_ kind: Kind, _ range: Range<Int>, isEscaped: Bool = false) {
    self.kind = kind
    self.range = range
    self.isEscaped = isEscaped
  }
}
