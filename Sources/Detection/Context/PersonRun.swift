/// A run of words that could be one person's name: capitals, initials, particles, a nickname in quotes, a suffix.
struct PersonRun {
  /// The first word.
  var first: Int
  /// The last word so far, and the sum of the weights up to it, at each place where the name could end.
  var ends: [End] = []

  /// A place where a name could end.
  struct End {
    var last: Int
    var weight: Int
    var parts: Int
  }
}

extension Reading {
  /// The run that begins at `first`, which must be letters; it ends before a word that is no part of a name.
  func personRun(from first: Int) -> PersonRun {
    var run = PersonRun(first: first)
    var end = PersonRun.End(last: first, weight: nameWeight(first), parts: isInitial(first) ? 0 : 1)
    run.ends.append(end)
    while end.parts < 6, end.last - first < 16, let next = nextPart(after: end.last) {
      let weight = max(nameWeight(next), isSurnamePlace(next, after: end.last) ? 1 : -20)
      guard weight > -4 || isSuffix(next) else { break }
      end.weight += isSuffix(next) ? 1 : weight
      end.parts += isInitial(next) || isSuffix(next) ? 0 : 1
      end.last = next
      run.ends.append(end)
    }
    return run
  }

  /// Whether even a word that is a plant or a town must be a surname: right after a first name or after `Ann B.`.
  private func isSurnamePlace(_ next: Int, after last: Int) -> Bool {
    let sense = senses[next]
    guard sense.role == .none, word(next).length > 2, !sense.isAbbreviation, !sense.isProduct,
      !sense.followsEponym,
      !sense.isFacilityHead, !sense.isOrganizationHead, !sense.isState, !sense.isCountry, !isPlaceholder(next)
    else { return false }
    // The second half of a double surname.
    if isMark(next - 1, 0x2D), touches(next), nameWeight(last) > 0 || senses[last].city > 0,
      !isAllCapitals(next) || shouting[next]
    {
      return true
    }
    guard sense.ordinary != 1 || sense.isName || sense.city > 0 else { return false }
    if shouting[next] || isAllCapitals(next) {
      return isAllCapitals(last) && sense.ordinary == 0 && senses[last].first > 1
    }
    if isInitial(last) { return isMark(last + 1, 0x2E) }
    return senses[last].first > 1 && senses[last].ordinary < 2 || senses[last].first > 0 && senses[last].ordinary == 0
      || senses[last].first == 3 && sense.ordinary == 0
  }

  /// Whether the word at `index` is one capital letter.
  func isInitial(_ index: Int) -> Bool { word(index).length == 1 && isCapital(index) }

  /// Whether the word at `index` is a suffix such as `Jr` or `III`.
  func isSuffix(_ index: Int) -> Bool { role(index) == .suffix && isCapital(index) }

  /// The next word of a name after `index`: over a hyphen, an apostrophe, a particle, the point of an initial.
  private func nextPart(after index: Int) -> Int? {
    let next = index + 1
    guard next < count, isOnLine(next) else { return nil }
    if isCapital(next) { return isClose(next) && !touches(next) ? free(next) : nil }
    if word(next).kind == .mark { return nextPart(over: next, after: index) }
    return particle(from: next)
  }

  private func nextPart(over mark: Int, after index: Int) -> Int? {
    let after = mark + 1
    guard after < count, isOnLine(after) else { return nil }
    switch word(mark).value {
    case 0x2D where touches(mark) && touches(after):  // A hyphen.
      return word(after).kind == .letters && word(after).length > 1 ? free(after) : nil
    case 0x27, 0x60:  // An apostrophe.
      guard touches(mark), touches(after), word(after).kind == .letters, word(after).length > 1 else {
        return nil
      }
      return isCapital(after) ? free(after) : nil
    case 0x2E where touches(mark) && word(index).length <= 2:  // The point of an initial, or of `St.`.
      if isInitial(index), isMark(after, 0x2C), isSuffix(after + 1) { return after + 1 }
      guard isInitial(index) || role(index) == .particle else { return nil }
      guard isCapital(after) else { return particle(from: after) }
      guard isClose(after) else { return nil }
      return !touches(after) || isInitial(after) || word(after).length > 2 ? free(after) : nil
    case 0x22, 0x28:  // A nickname in quotes or brackets.
      guard let last = nickname(from: after, closedBy: word(mark).value == 0x22 ? 0x22 : 0x29) else { return nil }
      return last
    case 0x2C where isSuffix(after):
      return after
    default: return nil
    }
  }

  /// The word after a nickname's closing mark.
  private func nickname(from first: Int, closedBy mark: UInt8) -> Int? {
    guard isCapital(first) else { return nil }
    for close in first + 1...first + 2 where isMark(close, mark) {
      let after = close + 1
      guard isCapital(after), isClose(after), nameWeight(after) > 0, nameWeight(first) > -4 else { return nil }
      return free(after)
    }
    return nil
  }

  /// The capital after one to three particles from `index`.
  private func particle(from index: Int) -> Int? {
    var index = index
    for _ in 0..<3 {
      guard role(index) == .particle, isLower(index), isClose(index), word(index).length > 1 || isMark(index + 1, 0x27)
      else { return nil }
      index += 1
      if isMark(index, 0x2D) || isMark(index, 0x27) {
        guard touches(index), touches(index + 1) else { return nil }
        index += 1
      }
      if isCapital(index), isClose(index) { return free(index) }
    }
    return nil
  }

  private func free(_ index: Int) -> Int? { taken[index] ? nil : index }
}
