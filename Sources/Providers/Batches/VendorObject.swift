package import Bytes

/// A file or a batch of the vendor's, as the caller may see it.
///
/// What it says in words of the interface, ids, counts and times passes. What it says in sentences does not: the name of a
/// file and the metadata of a batch are the caller's and are put in from what was kept, and errors are told anew.
package struct VendorObject: Sendable, Hashable {
  private var members: [JSONMember]

  /// The object that a vendor's answer is; an answer that is no object is refused.
  package init(_ body: [UInt8]) throws(ProviderError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: body)
    } catch {
      throw ProviderError(error)
    }
    guard let members = value.members else { throw ProviderError(.wrongType, at: 0) }
    guard value["error"] == nil || value["error"] == .null else {
      throw ProviderError(.vendorFailed, at: 0, path: "error")
    }
    self.members = Self.plain(members).map { member in
      member.name == "errors" ? JSONMember("errors", Self.errors(value["errors"] ?? .null)) : member
    }
  }

  /// A member; setting one puts it in the place of what the vendor said.
  package subscript(name: String) -> JSONValue? {
    get { members.first { $0.name == name }?.value }
    set {
      let place = members.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(JSONMember(name, value))
      case (nil, nil): break
      }
    }
  }

  /// The id of an object under a member, such as `id` or `output_file_id`; nil when there is none, or one that cannot be
  /// part of an address.
  package func id(_ name: String = "id") -> String? {
    guard let id = self[name]?.string, Self.isID(id) else { return nil }
    return id
  }

  /// Whether the vendor says that it has deleted it, in the words of either dialect.
  package var isDeleted: Bool {
    self["deleted"] == .bool(true) || self["type"]?.string == "message_batch_deleted"
  }

  /// Whether `text` is what vendors call their objects: letters, digits, `_` and `-`.
  package static func isID(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D }
  }

  /// The object as JSON.
  package var value: JSONValue { .object(members) }

  /// Members whose names are words, without sentences.
  private static func plain(_ members: [JSONMember]) -> [JSONMember] {
    members.compactMap { member in
      guard VendorWord.isWord(Array(member.name.utf8).span) else { return nil }
      return plain(member.value, named: member.name).map { JSONMember(member.name, $0) }
    }
  }

  /// A value without sentences; nil for one that is a sentence, or a number of which nobody knows what it counts.
  private static func plain(_ value: JSONValue, named name: String) -> JSONValue? {
    switch value {
    case .null, .bool: value
    case .number(let digits): isCount(digits, of: name) ? value : nil
    case .string(let text): VendorWord.isWord(Array(text.utf8).span) ? value : nil
    case .array(let elements): .array(elements.compactMap { plain($0, named: name) })
    case .object(let members): .object(plain(members))
    }
  }

  /// What the interfaces count in files and batches, beside times (`…_at`) and tokens (`…_tokens`), as of 2026-11-21.
  private static let counted: Set<String> = [
    "bytes", "canceled", "completed", "errored", "expired", "failed", "line", "processing", "seconds", "succeeded",
    "total",
  ]

  /// Whether a number is one that the interface has under its name: whole, and short enough to be no more than that.
  private static func isCount(_ digits: String, of name: String) -> Bool {
    (1...12).contains(digits.utf8.count) && digits.utf8.allSatisfy(ASCII.isDigit)
      && (counted.contains(name) || name.hasSuffix("_at") || name.hasSuffix("_tokens"))
  }

  /// What is wrong with a batch, in its vendor's words for kinds of errors and the numbers of lines.
  private static func errors(_ value: JSONValue) -> JSONValue {
    guard let list = value["data"]?.array else { return .null }
    let told = list.map { error -> JSONValue in
      let code = error["code"].flatMap { plain($0, named: "code") } ?? .null
      let words = code.string.map { ": `\($0)`" } ?? ""
      return [
        "code": code, "message": .string("the vendor found a fault in the batch\(words)"),
        "param": error["param"].flatMap { plain($0, named: "param") } ?? .null,
        "line": error["line"].flatMap { plain($0, named: "line") } ?? .null,
      ]
    }
    return ["object": "list", "data": .array(told)]
  }
}
