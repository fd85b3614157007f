import Bytes

/// The texts of an answer that a client may join to one: those of one kind, in the order of their places.
struct TextRow: Hashable, Sendable {
  /// Where in a stream a text is told.
  ///
  /// A response tells one in pieces, and again whole up to four times; a client joins those that are told alike.
  enum Telling: Hashable, Sendable {
    case pieces, text, part, item, answer
  }

  private let name: String
  private let choice: Int
  fileprivate let telling: Telling

  /// The row that the text of `channel` is in; nil where it stands by itself.
  init?(_ channel: TextChannel, told telling: Telling) {
    self.telling = telling
    // Items of a response are one answer; what it repeats of the request is another.
    switch channel.field {
    case .member(let name): (self.name, choice) = (name, channel.choice)
    case .content(_, let name): (self.name, choice) = ("content." + name, min(channel.choice, 0))
    case .summary: (name, choice) = ("summary", min(channel.choice, 0))
    case .transcript: (name, choice) = ("transcript", channel.choice)
    case .toolArguments, .toolInput, .functionArguments, .command, .commandOutput, .other: return nil
    }
  }
}

/// How far the rows of an answer's texts have come.
struct TextRows<Trail: Sendable>: Sendable {
  private struct Row: Sendable {
    var place: TextPlace
    var trail: Trail?
  }

  private var rows: [TextRow: Row] = [:]

  private static var limit: Int { 1_024 }

  /// Comes to the text of `piece`, and returns what it goes on from; nil at the beginning of its row.
  ///
  /// Texts of a row come one after the other: one that is put before what has been handed on could make a link of that.
  mutating func enter(_ piece: AnswerReading.Piece) throws(ProviderError) -> Trail? {
    guard let row = TextRow(piece.channel, told: piece.telling) else { return nil }
    let place = TextPlace(piece.channel, told: piece.telling)
    guard let last = rows[row] else {
      guard rows.count < Self.limit else { throw ProviderError(.tooManyChannels, at: 0) }
      rows[row] = Row(place: place)
      return nil
    }
    // The answer as a whole is told from its beginning each time.
    guard last.place <= place || piece.telling == .answer else {
      throw ProviderError(.textsOutOfOrder, at: piece.token.range.lowerBound)
    }
    rows[row]?.place = place
    return last.trail
  }

  /// Leaves a text that has come to its end.
  mutating func leave(_ channel: TextChannel, told telling: TextRow.Telling, with trail: Trail) {
    let place = TextPlace(channel, told: telling)
    guard let row = TextRow(channel, told: telling), rows[row]?.place == place else { return }
    rows[row]?.trail = trail
  }
}

/// Where a text stands in its row.
private struct TextPlace: Comparable, Sendable {
  private let choice: Int
  private let part: Int

  init(_ channel: TextChannel, told telling: TextRow.Telling) {
    choice = channel.choice
    switch channel.field {
    // An item is told with all its parts, when it begins and when it ends.
    case .content(let part, _), .summary(let part): self.part = telling == .item ? 0 : part
    default: part = 0
    }
  }

  static func < (first: TextPlace, second: TextPlace) -> Bool {
    (first.choice, first.part) < (second.choice, second.part)
  }
}
