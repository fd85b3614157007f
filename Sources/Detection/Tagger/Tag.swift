package import PHI

/// What the tagger calls a word: outside every identifier, or the beginning or the inside of one of a class.
///
/// There are sixteen, so that the scores of a word fill one `SIMD16`.
package struct Tag: Hashable, Sendable {
  /// Its index, 0 to 15.
  package let index: Int

  /// How many tags there are.
  package static let count = 16
  /// Outside every identifier.
  package static let outside = Tag(index: 0)

  init(index: Int) { self.index = index }

  /// The tag of the first word of an identifier of this class.
  package static func begin(_ class: TagClass) -> Tag { Tag(index: 1 + 2 * Int(`class`.rawValue)) }

  /// The tag of its other words; of a description, which is found by all its words alike, the same as its first.
  package static func inside(_ class: TagClass) -> Tag {
    `class` == .description ? .begin(`class`) : Tag(index: 2 + 2 * Int(`class`.rawValue))
  }

  /// Its class; nil outside.
  package var tagClass: TagClass? { index == 0 ? nil : TagClass(rawValue: UInt8((index - 1) / 2)) }
}

/// The classes of identifiers that the tagger tells apart: as coarse as the words around them allow.
///
/// The exact kind of a number is told by its label or its form, not by the tagger.
package enum TagClass: UInt8, CaseIterable, Sendable {
  case name, street, place, facility, organization, date, number, description

  /// The kind of identifier that a finding of this class is reported as when nothing tells more.
  package var identifier: Identifier {
    switch self {
    case .name: .name
    case .street: .street
    case .place: .city
    case .facility: .facility
    case .organization: .organization
    case .date: .date
    case .number: .otherNumber
    case .description: .uniqueDescription
    }
  }
}

/// A set of tags: those that the labels of a training text allow a word.
package struct TagSet: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// One tag.
  package init(_ tag: Tag) { rawValue = 1 << UInt16(tag.index) }

  /// Every tag: the labels say nothing about the word.
  package static let all = TagSet(rawValue: .max)

  /// 1 at each tag of the set, 0 elsewhere.
  package var mask: SIMD16<Float> {
    var mask = SIMD16<Float>(repeating: 0)
    for index in 0..<Tag.count where rawValue >> UInt16(index) & 1 == 1 { mask[index] = 1 }
    return mask
  }
}
