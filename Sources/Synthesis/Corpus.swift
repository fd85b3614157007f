/// Many documents, each made when it is asked for: any of them alone, in any order, on any thread.
package struct Corpus: RandomAccessCollection, Sendable {
  private let templates: [Template]
  private let author: Author
  private let seed: UInt64
  package let startIndex = 0
  package let endIndex: Int

  /// `count` documents, each template used as often as any other.
  package init(templates: [Template], lists: Lists, count: Int, seed: UInt64) {
    precondition(!templates.isEmpty || count == 0, "documents are made from templates")
    self.templates = templates
    author = Author(lists: lists)
    self.seed = seed
    endIndex = count
  }

  package subscript(number: Int) -> Document {
    var dice = Dice(seed: seed, number: number)
    let template = templates[place(of: number)]
    var second: Template?
    if template.isShort, dice.chance(12) {
      let other = dice.pick(templates)
      if other.isShort { second = other }
    }
    var document = author.document(from: template, followedBy: second, seed: dice.next())
    document.id = "s\(number)"
    return document
  }

  /// Which template a document is made from: all of them in turn, in another order each round.
  private func place(of number: Int) -> Int {
    let (round, step) = number.quotientAndRemainder(dividingBy: templates.count)
    var dice = Dice(seed: seed &+ 0x5EED, number: round)
    // A stride without a common divisor visits every place once.
    var stride = templates.count == 1 ? 1 : dice.number(in: 1...templates.count - 1)
    while Corpus.divisor(stride, templates.count) != 1 { stride = stride % templates.count + 1 }
    return (dice.below(templates.count) + step * stride) % templates.count
  }

  private static func divisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : divisor(second, first % second)
  }
}

/// `count` labelled documents made from templates, the same for the same templates, lists and seed.
package func corpus(templates: [Template], lists: Lists, count: Int, seed: UInt64) -> Corpus {
  Corpus(templates: templates, lists: lists, count: count, seed: seed)
}

extension Template {
  /// Whether it may share a document with another one.
  fileprivate var isShort: Bool {
    guard !traits.contains(.keep), !traits.contains(.caps), !traits.contains(.lower) else { return false }
    let length = pieces.reduce(0) { length, piece in
      if case .text(let text) = piece { length + text.utf8.count } else { length + 12 }
    }
    return length < 420
  }
}
