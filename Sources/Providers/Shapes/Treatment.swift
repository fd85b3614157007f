/// What is done with the value of a field of a request.
enum Treatment: Sendable {
  /// Left as it is and not shown, while it is a word or a short number of the protocol; shown like any other value if not.
  case structural
  /// A name of the caller's, such as a tool's: its words are shown, and where something is found in them it goes out under
  /// another.
  case name(NameKind)
  /// An id that somebody gave: one that no vendor drew by chance goes out under another.
  case id
  /// The name of a property as programs write them, or an array of such; any other is shown.
  case property
  /// A number within these bounds; there is no other in the dialect.
  case number(ClosedRange<Double>)
  /// A number that means nothing but that the same gives the same.
  case seed
  /// Shown; of a string that is itself JSON, the strings and numbers in it are.
  case prose
  /// Shown after the field's name, which is a cue for what the value is.
  case labelled
  /// A text, or an array of texts and of objects of this shape; also one such object by itself where that may be.
  case content(of: RequestShape, mayBeOne: Bool = false)
  /// A text or an array of texts; numbers in their place are tokens, and cannot be inspected.
  case texts
  /// An object of this shape, or any other value, shown after the field's name.
  case labelledOr(RequestShape)
  /// An array of objects of this shape, and of nothing else.
  case list(of: RequestShape)
  /// An object of this shape, or an array of them.
  case shape(RequestShape)
  /// Cannot be inspected unless it is null; what stands beside the bytes is shown.
  case sealed(Uninspectable.Reason)
  /// Bytes in base64, or in an address that holds them; shown if it is anything else.
  case bytes
  /// Names what the vendor keeps, unless it is null; treated like this besides.
  indirect case kept(Treatment)
  /// Names what the vendor keeps when it is a text; treated like this if not.
  indirect case keptName(Treatment)
  /// Has the vendor keep the request unless it is one of these words.
  case keptUnless([StaticString])
  /// Asks the vendor to cache the request, or says under which name; treated like this besides.
  indirect case caching(Treatment)
  /// Something that only the vendor can read, in the letters and digits of base64; shown if it is anything else.
  case opaque
  /// One of these words, or an array of them; any other is shown.
  case words([StaticString])
  /// The tokens of a text one by one; they cannot be inspected unless there are none.
  case tokens
  /// Says of which kind an object is, among the kinds that its shape lists.
  case kind
  /// Says, by being there, of which kind an object is that does not say it otherwise; treated like this besides.
  indirect case telling(Treatment)
  /// One of the fields that the gateway itself must know.
  case setting(RequestSettings.Field)
  /// For the gateway and not for the vendor: cut out of the body.
  case gateway
}
