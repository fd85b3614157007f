/// What is called by a name of the caller's.
enum NameKind: String, Sendable {
  case tool, server, schema, user, speaker, key, value, word

  /// What a name in its place begins with.
  var prefix: [UInt8] { Array(rawValue.utf8) + [0x5F] }

  /// Whether the field that it stands in is shown before it, as a cue for what it is: tools are not called after anybody.
  var isLabelled: Bool {
    switch self {
    case .user, .speaker, .key, .value, .word: true
    case .tool, .server, .schema: false
    }
  }

  /// Whether people may be called so: then no word is one of the protocol's.
  var isOfPeople: Bool {
    switch self {
    case .user, .speaker, .key, .value: true
    case .tool, .server, .schema, .word: false
    }
  }
}
