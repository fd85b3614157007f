/// What the words before a name said of the person, as a number that can be kept.
struct MentionTitle: Hashable, Sendable {
  let rawValue: UInt8

  /// Nothing.
  static let none = MentionTitle(rawValue: 0)

  /// The title of this number; nil when there is none.
  init?(_ rawValue: Int) {
    guard (0..<16).contains(rawValue), rawValue & 12 != 12 else { return nil }
    self.init(rawValue: UInt8(rawValue))
  }

  /// What was said before a mention.
  init(_ mention: Mention) {
    let sex: UInt8 =
      switch mention.name.sex {
      case .female: 4
      case .male: 8
      case nil: 0
      }
    self.init(rawValue: (mention.isKin ? 1 : 0) | (mention.isNewborn ? 2 : 0) | sex)
  }

  private init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The mention of `name` with this before it.
  func mention(of name: Span<UInt8>) -> Mention {
    var mention = Mention(at: 0..<name.count, in: name)
    mention.isKin = rawValue & 1 != 0
    mention.isNewborn = rawValue & 2 != 0
    if rawValue & 12 != 0 { mention.name.sex = rawValue & 4 != 0 ? .female : .male }
    return mention
  }
}
