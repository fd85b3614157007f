import Bytes
import Foundation
import Testing

/// A text, and how the reference implementation cuts it: see `Scripts/tokenizer-cases`.
struct ReferenceCase: Sendable, CustomTestStringConvertible {
  var text: [UInt8]
  var ids: [Int32]
  /// Places in UTF-8 bytes; those of what stands before and after are empty.
  var places: [Range<Int>]

  var testDescription: String { String(decoding: text.prefix(40), as: UTF8.self) }

  static func read(_ name: String) throws -> [ReferenceCase] {
    try contents(of: "\(name).jsonl").split(separator: 0x0A).map { line in
      let value = try JSONValue(parsing: Array(line))
      return ReferenceCase(
        text: Array(try #require(value["text"]?.string).utf8),
        ids: try #require(value["ids"]?.array).map { Int32(try #require($0.integer)) },
        places: try #require(value["places"]?.array).map { place in
          let ends = try #require(place.array).map { try #require($0.integer) }
          return ends[0]..<ends[1]
        })
    }
  }

  /// The bytes of a file beside these tests.
  static func contents(of name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}
