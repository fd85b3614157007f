/// What is known of one person in a conversation: everything that the mentions linked so far have said.
struct Person: Sendable {
  var name: PersonName
  var isKin: Bool
  var isNewborn: Bool

  init(_ mention: Mention) {
    name = mention.name
    isKin = mention.isKin
    isNewborn = mention.isNewborn
  }

  /// How well a mention fits a person.
  enum Fit: Int, Comparable {
    case none, part, initials, full

    static func < (left: Fit, right: Fit) -> Bool { left.rawValue < right.rawValue }
  }

  /// How well `mention` fits; `none` when it cannot be this person.
  func fit(of mention: Mention) -> Fit {
    let other = mention.name
    if let sex = name.sex, let otherSex = other.sex, sex != otherSex { return .none }
    if isNewborn != mention.isNewborn { return .none }
    if let generation = other.generation, generation != name.generation { return .none }
    if name.isFull, other.isFull { return fitOfFull(other) }
    // A relative called by a first name may well share it with the patient.
    if mention.isKin, !isKin { return .none }
    return sharesPart(other) ? .part : .none
  }

  /// Adds what `mention` says beyond what was known.
  mutating func learn(_ mention: Mention) {
    let other = mention.name
    if name.sex == nil { name.sex = other.sex }
    if name.generation == nil { name.generation = other.generation }
    isKin = isKin || mention.isKin
    guard other.isFull else { return }
    guard name.isFull else {
      name.given = other.given
      name.family = other.family
      name.middle = other.middle
      name.single = nil
      return
    }
    if name.given?.isInitial == true { name.given = other.given }
    if name.middle.isEmpty || name.middle.first?.isInitial == true, !other.middle.isEmpty { name.middle = other.middle }
    if other.family.count > name.family.count { name.family = other.family }
  }

  private func fitOfFull(_ other: PersonName) -> Fit {
    guard let given = name.given, let otherGiven = other.given else { return .none }
    if name.wordsInAnyOrder == other.wordsInAnyOrder, name.words.count > 1 {
      return agree(name.middle, other.middle) || name.middle.isEmpty || other.middle.isEmpty ? .full : .none
    }
    let sameGiven = given.isSameWord(as: otherGiven) || isNickname(otherGiven) || other.middle.contains(given)
    if sameFamily(other), given.agrees(with: otherGiven) || sameGiven, agree(name.middle, other.middle) {
      return sameGiven ? .full : .initials
    }
    return sameGiven && sharesFamily(other) ? .full : .none
  }

  /// The first further names may be absent or cut; when both are there they agree.
  private func agree(_ left: [NameWord], _ right: [NameWord]) -> Bool {
    guard let left = left.first, let right = right.first else { return true }
    return left.agrees(with: right)
  }

  private func isNickname(_ word: NameWord) -> Bool { name.middle.contains { $0.isSameWord(as: word) } }

  private func sameFamily(_ other: PersonName) -> Bool {
    name.family.count == other.family.count && zip(name.family, other.family).allSatisfy { $0.agrees(with: $1) }
  }

  /// `Gonzalez-Lopez`, `Gonzalez Lopez` and `Gonzalez`: every word of the shorter is in the longer.
  private func sharesFamily(_ other: PersonName) -> Bool {
    let (shorter, longer) =
      name.family.count + name.middle.count < other.family.count + other.middle.count ? (name, other) : (other, name)
    return shorter.family.allSatisfy { word in
      (longer.family + longer.middle).contains { $0.isSameWord(as: word) }
    }
  }

  /// Whether all that one of the two says is part of what the other says.
  private func sharesPart(_ other: PersonName) -> Bool {
    let (smaller, larger) = name.isFull ? (other, name) : other.isFull ? (name, other) : (other, name)
    let words = smaller.words
    if words.isEmpty { return initials(of: smaller, fit: larger) }
    return words.allSatisfy { word in larger.words.contains { $0.hash == word.hash } }
  }

  /// `R.T.` fits a full name whose first and last words begin so.
  private func initials(of short: PersonName, fit full: PersonName) -> Bool {
    guard let first = short.given, let last = short.family.last, let given = full.given, let family = full.family.last
    else { return false }
    return first.initial == given.initial && last.initial == family.initial
  }
}
