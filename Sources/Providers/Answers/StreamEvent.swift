import Bytes

/// One event of a stream: its bytes, and where its data is in them.
struct StreamEvent {
  let bytes: [UInt8]
  /// What follows `data:` on each line that begins so, with the line's end left out.
  let dataLines: [Range<Int>]
  /// Those lines joined by line feeds.
  let data: [UInt8]
  /// Whether its `event:` line says that it reports a failure.
  let reportsFailure: Bool

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    dataLines = StreamEvent.values(of: "data:", in: bytes.span)
    reportsFailure = StreamEvent.values(of: "event:", in: bytes.span).contains { bytes[$0].elementsEqual("error".utf8) }
    data =
      dataLines.count == 1
      ? Array(bytes[dataLines[0]]) : Array(dataLines.map { bytes[$0] }.joined(separator: [0x0A]))
  }

  /// Whether it says that the stream has come to its end.
  var isDone: Bool {
    data.span.spells("[DONE]", at: 0) && data[6...].allSatisfy(ASCII.isSpace)
  }

  /// Whether it may tell of commands that are run together.
  var tellsOfCommands: Bool { data.contains("command".utf8) }

  /// The event with other data; data of several lines becomes one line.
  func appendReplacing(data replacement: [UInt8], to output: inout [UInt8]) {
    var splice = Splice(reserving: bytes.count + replacement.count)
    for (index, line) in dataLines.enumerated() {
      // Between the tokens of JSON a line feed and a space are the same.
      let oneLine = index == 0 ? replacement.map { ASCII.isNewline($0) ? 0x20 : $0 } : []
      splice.replace(line, with: oneLine.span, in: bytes.span)
    }
    output.append(contentsOf: splice.finished(bytes.span))
  }

  /// The bytes of an event with the empty line that ends it, whether or not it has come.
  static func ended(_ bytes: [UInt8]) -> [UInt8] {
    guard let last = bytes.last, !bytes.span.endsWithEmptyLine else { return bytes }
    return bytes + (ASCII.isNewline(last) ? [0x0A] : [0x0A, 0x0A])
  }

  /// What follows `field` on each line that begins with it, less one space.
  private static func values(of field: StaticString, in bytes: Span<UInt8>) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, !ASCII.isNewline(bytes[end]) { end += 1 }
      if bytes.extracting(start..<end).spells(field, at: 0) {
        let value = start + field.utf8CodeUnitCount
        lines.append((value < end && bytes[value] == 0x20 ? value + 1 : value)..<end)
      }
      start = end + 1
    }
    return lines
  }
}

extension Span<UInt8> {
  fileprivate var endsWithEmptyLine: Bool {
    let text = self
    func ends(_ word: StaticString) -> Bool { text.spells(word, at: text.count - word.utf8CodeUnitCount) }
    return ends("\n\n") || ends("\r\r") || ends("\n\r\n") || ends("\n\r")
  }
}
