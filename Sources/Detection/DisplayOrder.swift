import Bytes

/// A text in the order in which it is shown, where an override turns it around (Unicode Standard Annex 9, rules X1 to X8).
///
/// Behind U+202E what follows is shown from right to left, whatever it is, up to the U+202C that ends it or the end of the
/// paragraph: `egdirnekcarB` is read as `Brackenridge`. Embeddings and isolates within it stay in the order of their own.
package struct DisplayOrder {
  /// The text as it is shown, without what turned it around.
  package let text: [UInt8]
  /// For each byte that is shown, which byte of the written text it is.
  private let places: [UInt32]

  /// The order in which `text` is shown; nil when nothing in it is turned around.
  package init?(_ text: [UInt8]) {
    guard var override = Self.override(in: text, from: 0) else { return nil }
    var shown = Shown(text)
    var place = 0
    while true {
      let start = text[place..<override].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? place
      shown.append(place..<start)
      let paragraph = Embedding.paragraph(of: text, from: start)
      shown.append(paragraph)
      place = paragraph.inside.upperBound
      guard let next = Self.override(in: text, from: place) else { break }
      override = next
    }
    shown.append(place..<text.count)
    (self.text, places) = (shown.bytes, shown.places)
  }

  /// The part of the written text in which everything stands that a part of the shown text shows.
  func range(of shown: Range<Int>) -> Range<Int> {
    guard let first = places[shown].min(), let last = places[shown].max() else { return 0..<0 }
    return Int(first)..<Int(last) + 1
  }

  /// Where the next U+202E is: its last byte is the rarest one.
  private static func override(in text: [UInt8], from start: Int) -> Int? {
    var place = start
    while let found = text.span.firstIndex(of: 0xAE, from: place) {
      if found >= start + 2, text[found - 1] == 0x80, text[found - 2] == 0xE2 { return found - 2 }
      place = found + 1
    }
    return nil
  }

  /// What has been put into the order in which it is shown.
  private struct Shown {
    private let text: [UInt8]
    var bytes: [UInt8] = []
    var places: [UInt32] = []

    init(_ text: [UInt8]) {
      self.text = text
      bytes.reserveCapacity(text.count)
      places.reserveCapacity(text.count)
    }

    mutating func append(_ range: Range<Int>) {
      for place in range { append(text[place], at: place) }
    }

    mutating func append(_ embedding: Embedding) {
      guard embedding.isTurned else {
        var place = embedding.inside.lowerBound
        for run in embedding.runs {
          append(place..<run.whole.lowerBound)
          for part in run.isTurned ? run.parts.reversed() : Array(run.parts) { append(part) }
          place = run.whole.upperBound
        }
        append(place..<embedding.inside.upperBound)
        return
      }
      var place = embedding.inside.upperBound
      for run in embedding.runs.reversed() {
        append(turning: run.whole.upperBound..<place)
        for part in run.isTurned ? run.parts.reversed() : Array(run.parts) { append(part) }
        place = run.whole.lowerBound
      }
      append(turning: embedding.inside.lowerBound..<place)
    }

    private mutating func append(turning range: Range<Int>) {
      var end = range.upperBound
      while end > range.lowerBound {
        var start = end - 1
        // Marks stay behind the letter that they are set on.
        while start > range.lowerBound, text[start] & 0xC0 == 0x80 || (0xCC...0xCD).contains(text[start]) { start -= 1 }
        for place in start..<end { append(Self.mirrored(text[place]), at: place) }
        end = start
      }
    }

    private mutating func append(_ byte: UInt8, at place: Int) {
      bytes.append(byte)
      places.append(UInt32(place))
    }

    private static func mirrored(_ byte: UInt8) -> UInt8 {
      switch byte {
      case 0x28: 0x29
      case 0x29: 0x28
      case 0x3C: 0x3E
      case 0x3E: 0x3C
      case 0x5B: 0x5D
      case 0x5D: 0x5B
      case 0x7B: 0x7D
      case 0x7D: 0x7B
      default: byte
      }
    }
  }
}

/// A part of a text that has a direction of its own, and those within it.
private struct Embedding {
  /// How deep they may stand in each other (rule BD2).
  private static let depth = 125

  /// Whether all that is in it is shown from right to left.
  var isTurned = false
  var isIsolate = false
  /// What begins it, what is in it and what ends it.
  var whole: Range<Int>
  var inside: Range<Int>
  var parts: [Embedding] = []

  /// Parts of one direction with nothing between them, which are shown as one (rule X9 takes out what parts them).
  struct Run {
    var parts: ArraySlice<Embedding>
    let isTurned: Bool

    /// Where all of them are.
    var whole: Range<Int> {
      guard let first = parts.first, let last = parts.last else { return 0..<0 }
      return first.whole.lowerBound..<last.whole.upperBound
    }
  }

  /// Its parts, those that are shown as one together; an isolate stands by itself.
  var runs: [Run] {
    var runs: [Run] = []
    for (index, part) in parts.enumerated() {
      if let last = runs.last?.parts.last, !last.isIsolate, !part.isIsolate, last.isTurned == part.isTurned,
        last.whole.upperBound == part.whole.lowerBound
      {
        runs[runs.count - 1].parts = parts[runs[runs.count - 1].parts.startIndex...index]
      } else {
        runs.append(Run(parts: parts[index...index], isTurned: part.isTurned))
      }
    }
    return runs
  }

  /// The paragraph from `start` to its end.
  static func paragraph(of text: [UInt8], from start: Int) -> Embedding {
    var open = [Embedding(whole: start..<start, inside: start..<start)]
    // What stands too deep turns nothing, but has its own end (rules X5a and X7).
    var isolatesTooDeep = 0
    var embeddingsTooDeep = 0
    var place = start
    while place < text.count, text[place] != 0x0A, text[place] != 0x0D {
      guard text[place] == 0xE2, place + 2 < text.count, let control = Control(text[place + 1], text[place + 2]) else {
        place += 1
        continue
      }
      switch control {
      case .begins(let isTurned, let isIsolate):
        if open.count > depth || isolatesTooDeep + embeddingsTooDeep > 0 {
          if isIsolate { isolatesTooDeep += 1 } else if isolatesTooDeep == 0 { embeddingsTooDeep += 1 }
        } else {
          open.append(
            Embedding(
              isTurned: isTurned, isIsolate: isIsolate, whole: place..<place + 3, inside: place + 3..<place + 3))
        }
      case .endsEmbedding:
        if isolatesTooDeep > 0 { break }
        if embeddingsTooDeep > 0 {
          embeddingsTooDeep -= 1
        } else if open.count > 1, !open[open.count - 1].isIsolate {
          close(&open, at: place, by: 3)
        }
      case .endsIsolate:
        if isolatesTooDeep > 0 {
          isolatesTooDeep -= 1
        } else if let isolate = open.lastIndex(where: \.isIsolate) {
          embeddingsTooDeep = 0
          while open.count - 1 > isolate { close(&open, at: place, by: 0) }
          close(&open, at: place, by: 3)
        }
      }
      place += 3
    }
    while open.count > 1 { close(&open, at: place, by: 0) }
    open[0].inside = start..<place
    open[0].whole = start..<place
    return open[0]
  }

  private static func close(_ open: inout [Embedding], at place: Int, by length: Int) {
    var last = open.removeLast()
    last.inside = last.inside.lowerBound..<place
    last.whole = last.whole.lowerBound..<place + length
    open[open.count - 1].parts.append(last)
  }

  /// What begins or ends an embedding.
  private enum Control {
    case begins(isTurned: Bool, isIsolate: Bool)
    case endsEmbedding
    case endsIsolate

    /// The control whose two last bytes in UTF-8 are these; nil when it is none.
    init?(_ second: UInt8, _ third: UInt8) {
      switch (second, third) {
      case (0x80, 0xAA), (0x80, 0xAB), (0x80, 0xAD): self = .begins(isTurned: false, isIsolate: false)
      case (0x80, 0xAE): self = .begins(isTurned: true, isIsolate: false)
      case (0x80, 0xAC): self = .endsEmbedding
      case (0x81, 0xA6), (0x81, 0xA7), (0x81, 0xA8): self = .begins(isTurned: false, isIsolate: true)
      case (0x81, 0xA9): self = .endsIsolate
      default: return nil
      }
    }
  }
}
