import Bytes
import Providers

/// Puts a name for every `NAME_1`, and holds back the end of a piece while it may be the beginning of one.
struct MarkerRewriter: TextRewriter {
  static let marker = Array("NAME_1".utf8)
  static let name = "Renée \"Zoë\" 😀"

  private let replacement: [UInt8]
  private var held: [UInt8] = []

  init(_ channel: TextChannel) {
    let name = Array(MarkerRewriter.name.utf8)
    replacement = channel.escaping(contentIsJSON: false) == .jsonString ? JSONString.escaped(name.span) : name
  }

  var trail: Bool { false }

  mutating func follow(_ trail: Bool) {}

  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    for index in text.indices { take(text[index], &output) }
  }

  mutating func finish(into output: inout [UInt8]) {
    output.append(contentsOf: held)
    held = []
  }

  private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
    held.append(byte)
    while !held.isEmpty, !MarkerRewriter.marker.starts(with: held) {
      output.append(held.removeFirst())
    }
    if held == MarkerRewriter.marker {
      output.append(contentsOf: replacement)
      held = []
    }
  }
}

func replacingMarkers(_ text: String) -> String {
  var parts: [Substring] = []
  var rest = text[...]
  while let found = rest.firstRange(of: "NAME_1") {
    parts.append(rest[..<found.lowerBound])
    rest = rest[found.upperBound...]
  }
  return (parts + [rest]).joined(separator: MarkerRewriter.name)
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
