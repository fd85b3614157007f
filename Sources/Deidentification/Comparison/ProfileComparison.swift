internal import Bytes
package import Detection
package import PHI

/// What several profiles keep and lose of the same documents, side by side.
package struct ProfileComparison: Sendable {
  /// A profile to compare.
  package enum Candidate: Sendable {
    /// One that can be used.
    case profile(Profile)
    /// A limited data set, before there is an agreement for it.
    case limitedDataSet(asOf: CalendarDate)
  }

  /// What one profile does with a sample.
  package struct Column: Sendable {
    /// The profile; kept here, where no document leaves.
    fileprivate let profile: Profile
    /// Its name.
    package var name: Profile.Name { profile.name }
    /// What may still lead to a person.
    package var risks: [ResidualRisk] { ResidualRisk.left(by: profile) }
    /// What became of each kind of identifier that was found, in the order of the law.
    package fileprivate(set) var rows: [Row] = []
    /// How many characters of the sample are found identifiers, and how many of those stay.
    package var found: Int { rows.reduce(0) { $0 + $1.characters } }
    /// How many of the found characters stay as they were.
    package var kept: Int { rows.reduce(0) { $0 + $1.kept } }
  }

  /// What one profile does with one kind of identifier.
  package struct Row: Hashable, Sendable {
    /// The kind.
    package let identifier: Identifier
    /// What is done with it.
    package let method: Method
    /// How many were found.
    package fileprivate(set) var count = 0
    /// How many characters they have.
    package fileprivate(set) var characters = 0
    /// How many of these characters stay.
    package fileprivate(set) var kept = 0
    /// The first one before and after, as shapes: letters are `x`, digits are `9`, no value is shown.
    package let example: Example
  }

  /// An identifier before and after, as shapes.
  package struct Example: Hashable, Sendable {
    /// The shape of what was found.
    package let before: String
    /// The shape of what stands in its place.
    package let after: String
  }

  /// How many documents have been compared.
  package private(set) var documents = 0
  /// How many characters they have together.
  package private(set) var characters = 0
  /// One column for each profile, in the order given.
  package private(set) var columns: [Column]
  private let deidentifiers: [Deidentifier]

  /// A comparison of `candidates`, no document yet.
  package init(_ candidates: [Candidate]) {
    let profiles = candidates.map(\.profile)
    columns = profiles.map { Column(profile: $0) }
    deidentifiers = profiles.map { Deidentifier($0) }
  }

  /// Takes in a document, which must be valid UTF-8.
  ///
  /// - Throws: `SecondOpinionFailure` when a reader that is to be asked fails.
  package mutating func add(_ text: [UInt8]) throws(SecondOpinionFailure) {
    documents += 1
    characters += Shape.characters(of: text.span)
    for (place, deidentifier) in deidentifiers.enumerated() {
      for replacement in try deidentifier.replacements(in: text) {
        columns[place].count(replacement, in: text.span)
      }
    }
  }
}

extension ProfileComparison.Candidate {
  fileprivate var profile: Profile {
    switch self {
    case .profile(let profile): profile
    case .limitedDataSet(let reference): Profile(.limitedDataSet, asOf: reference, Profile.limitedDataSetMethod)
    }
  }
}

extension ProfileComparison.Column {
  fileprivate mutating func count(_ replacement: Deidentifier.Replacement, in text: Span<UInt8>) {
    let before = text.extracting(replacement.finding.range)
    let identifier = replacement.finding.identifier
    let method = profile.method(for: identifier)
    let place: Int
    if let known = rows.firstIndex(where: { $0.identifier == identifier }) {
      place = known
    } else {
      place = rows.firstIndex { $0.identifier.rawValue > identifier.rawValue } ?? rows.count
      let after = replacement.text
      let isPlaceholder = after.elementsEqual("[\(identifier.label)]".utf8)
      let example = ProfileComparison.Example(
        before: Shape.text(of: before),
        after: isPlaceholder ? String(decoding: after, as: UTF8.self) : Shape.text(of: after.span))
      rows.insert(ProfileComparison.Row(identifier: identifier, method: method, example: example), at: place)
    }
    rows[place].count += 1
    rows[place].characters += Shape.characters(of: before)
    rows[place].kept += Shape.kept(of: before, in: replacement.text.span, by: method)
  }
}
