import Bytes
import Foundation
import Policy

/// The policies of a text.
func policies(_ text: String) throws -> PolicySet { try PolicySet(parsing: Array(text.utf8)) }

/// The expression of a text.
func expression(_ text: String) throws -> Policy.Expression { try Policy.Expression(parsing: Array(text.utf8)) }

/// The JSON of a text.
func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

/// The schema of a text, in either syntax.
func schema(_ text: String) throws -> Schema { try Schema(source: Array(text.utf8)) }

/// The entities of a text.
func entities(_ text: String, _ schema: Schema? = nil) throws -> Entities {
  try Entities(json: json(text), schema: schema)
}

/// A name of an entity without namespaces, written `Type::id`.
func uid(_ text: String) -> EntityUID {
  let parts = text.split(separator: "::", maxSplits: 1).map { Text(String($0)) }
  return EntityUID(parts[0], parts[1])
}

/// A file of the source tree.
enum SourceTree {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: path))) }

  static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }
}
