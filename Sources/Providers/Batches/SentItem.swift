import Bytes

/// A line of a file of requests as it went out, to be made its caller's own again.
package struct SentItem: Sendable {
  /// Where the request stood.
  package let place: Int
  private let line: [UInt8]
  private let nameRange: Range<Int>
  private let texts: [JSONToken]

  /// The request that a line tells.
  package init(_ line: [UInt8]) throws(ProviderError) {
    var found: JSONToken?
    var texts: [JSONToken] = []
    do throws(JSONError) {
      let text = line.span
      var cursor = try JSONCursor(text)
      var isName = false
      while let token = try cursor.next(in: text) {
        if token.kind == .name {
          isName = cursor.depth == 1 && text.extracting(token.range).spells("custom_id")
        } else {
          if token.kind == .string {
            if isName { found = token } else if cursor.depth > 1 { texts.append(token) }
          }
          isName = false
        }
      }
    } catch {
      throw ProviderError(error)
    }
    guard let found, let place = BatchItem.place(of: found.text(in: line.span)) else {
      throw ProviderError(.missingField, at: 0, path: "custom_id")
    }
    self.line = line
    self.place = place
    self.texts = texts
    nameRange = found.range
  }

  /// The line under the caller's own name, with `names` called as the caller calls them and each text rewritten by a
  /// rewriter that is told whether the text is JSON.
  package func written(
    naming customID: [UInt8], calling names: RequestNames, with makeRewriter: (_ isJSON: Bool) -> some TextRewriter
  ) -> [UInt8] {
    var edits = [(range: nameRange, replacement: JSONString.escaped(customID.span))]
    for token in texts {
      let said = token.text(in: line.span)
      var meant = names.original(of: said)
      if meant == nil {
        var rewriter = makeRewriter(Self.isJSON(said))
        meant = rewriter.whole(said.span)
      }
      if let meant, meant != said { edits.append((token.range, JSONString.escaped(meant.span))) }
    }
    return spliced(line.span, replacing: edits.sorted { $0.range.lowerBound < $1.range.lowerBound })
  }

  private static func isJSON(_ text: [UInt8]) -> Bool {
    guard let first = text.first, first == 0x7B || first == 0x5B else { return false }
    return (try? JSONValue(parsing: text)) != nil
  }
}
