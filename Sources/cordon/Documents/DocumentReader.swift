import Formats

/// Reads a document from its start to its end, piece by piece.
enum DocumentReader {
  private static let pieceSize = 1 << 18

  /// Calls `body` with each piece of `document`.
  static func read(
    _ document: Document, advancing progress: ProgressBar? = nil, _ body: (Span<UInt8>) throws -> Void
  ) throws {
    let file = try document.open()
    var buffer = [UInt8](repeating: 0, count: pieceSize)
    while true {
      let count = try file.read(into: &buffer, named: document.name)
      guard count > 0 else { return }
      try body(buffer.span.extracting(0..<count))
      progress?.advance(by: count)
    }
  }

  /// Checks that `document` is text from start to end, without keeping any of it.
  static func check(_ document: Document) throws {
    var windows = TextWindows()
    try read(document) { piece in
      try windows.push(piece)
      while windows.next() != nil {}
    }
    try windows.finish()
  }
}
