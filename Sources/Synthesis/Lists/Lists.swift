/// What slots are filled with: lists of plain text, handed in by the caller.
///
/// A file holds lists, each below a line `[name]`, one entry a line; `#` at the start of a line begins a comment. A list
/// that several files name has the entries of all. `Entry` says what an entry may refer to.
package struct Lists: Sendable {
  private var entries: [String: [Entry]] = [:]

  /// Reads the lists in the texts of files.
  package init(parsing files: [String]) throws(SynthesisError) {
    for file in files { try read(file) }
    for entry in entries.values.joined() {
      for case .list(let name) in entry.parts where entries[name] == nil {
        throw SynthesisError(.unknownList(name), in: "lists", line: 1)
      }
    }
    for name in Lists.required where entries[name]?.isEmpty ?? true {
      throw SynthesisError(.missingList(name), in: "lists", line: 1)
    }
    for name in Lists.requiredPlain where plain(name).isEmpty {
      throw SynthesisError(.missingList(name), in: "lists", line: 1)
    }
  }

  /// The entries of a list.
  subscript(name: String) -> [Entry] {
    guard let list = entries[name] else { preconditionFailure("the list \(name) was required") }
    return list
  }

  /// The entries of a list that are nothing but text.
  func plain(_ name: String) -> [String] {
    (entries[name] ?? []).compactMap { entry in
      guard entry.parts.count == 1, case .text(let text) = entry.parts[0] else { return nil }
      return text
    }
  }

  private mutating func read(_ file: String) throws(SynthesisError) {
    var name = ""
    var number = 0
    for line in file.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("["), line.hasSuffix("]") {
        name = String(line.dropFirst().dropLast())
        continue
      }
      guard let entry = Entry(line) else { throw SynthesisError(.badEntry, in: name, line: number) }
      entries[name, default: []].append(entry)
    }
  }

  /// Lists of which at least one entry must be nothing but text.
  private static let requiredPlain = ["given-word", "surname-word", "town-word", "town-us", "code-prefix"]

  /// Every other list that rendering asks for by its name.
  private static let required: [String] =
    Slot.Kind.allCases.flatMap { kind -> [String] in
      switch kind {
      case .date, .year, .time, .weekday, .season, .age, .age90, .address, .num, .email, .facility, .strength: []
      case .phone: ["phone", "phone-ext", "phone-pager", "phone-foreign"]
      default: kind.listed.map { $0.isEmpty ? kind.rawValue : "\(kind.rawValue)-\($0)" }
      }
    } + [
      "facility-hospital", "facility-clinic", "facility-nursing", "facility-pharmacy", "facility-lab", "facility-other",
      "facility-acronym", "nickname", "email-domain", "instruction", "holiday", "state-both", "town-foreign",
    ]
}

extension Slot.Kind {
  /// The forms that have a list of their own; the empty form is the list with the name of the slot.
  fileprivate var listed: [String] {
    switch self {
    case .org: forms
    case .state: []
    case .ssn, .account: [""] + forms.filter { $0 != "last4" }
    case .city: [""]
    default: [""] + forms
    }
  }
}
