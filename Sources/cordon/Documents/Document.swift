/// A document to read: a file or standard input.
struct Document: Hashable, Sendable {
  /// The path to open; nil for standard input.
  var path: String?
  /// Its path below the directory that it was found in; its last component when it was named itself.
  var relativePath: String
  /// How many bytes it has, if that is known before reading.
  var size: Int?

  /// What it is called in reports and messages: the path, `-` for standard input.
  var name: String { path ?? "-" }

  static let standardInput = Document(path: nil, relativePath: "-", size: nil)

  func open() throws(FileFailure) -> InputFile {
    guard let path else { return .standard() }
    return try InputFile(path)
  }
}
