import PHI

/// Finds people listed after a label.
///
/// ## What it finds
/// Every item of one to three capitalised words in a row of items with commas, when most of them are no ordinary words.
///
/// ## What it leaves alone
/// Items that are words of the clinic: `Team: Cardiology, Nursing`.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(A), names.
///
/// ## Examples
/// - `Present: ⟦Aguinaldo⟧, ⟦Bloom⟧, ⟦Rasmussen⟧`
struct ListedNames {
  static func read(_ reading: inout Reading) {
    for index in 1..<max(1, reading.count) where reading.isMark(index, 0x3A) && labels.contains(reading.hash(index - 1))
    {
      readList(after: index, &reading)
    }
  }

  private static func readList(after colon: Int, _ reading: inout Reading) {
    var items: [ClosedRange<Int>] = []
    var strange = 0
    var next = colon + 1
    while items.count < 40, reading.isOnLine(next), let item = item(at: next, reading) {
      items.append(item)
      if item.contains(where: { reading.senses[$0].ordinary == 0 }) { strange += 1 }
      next = item.upperBound + 1
      guard reading.isMark(next, 0x2C) || reading.isMark(next, 0x3B) else { break }
      next += 1
      if reading.hash(next) == Cue.and { next += 1 }
    }
    guard items.count > 1, strange * 2 > items.count else { return }
    for item in items where !reading.isTaken(item) { reading.find(.name, item, .high, by: "listed-name") }
  }

  /// One to three capitals at `index` that may be a person's name.
  private static func item(at index: Int, _ reading: Reading) -> ClosedRange<Int>? {
    var last = index - 1
    while last - index < 2, reading.isCapital(last + 1), reading.isOnLine(last + 1), reading.nameWeight(last + 1) > -4,
      reading.role(last + 1) != .generic, !reading.taken[last + 1]
    {
      last += 1
    }
    return last >= index ? index...last : nil
  }

  private static let labels = WordSet("present attendees attending participants attended absent excused cc team staff")
}
