/// Keeps the events of a stream from the first that tells a command of a shell's call to the one that ends the call.
///
/// The commands are run one after the other, and each can send what those before it have left: before all are there,
/// none may be filled.
struct CommandHold: Sendable {
  /// The events that are kept, in their order.
  private(set) var events: [StreamEvent] = []
  private var size = 0
  /// What has been told of each call: its commands in pieces, and whole.
  private var pieces: [TextChannel: [UInt8]] = [:]
  private var texts: [Int: Set<[UInt8]>] = [:]
  /// The calls into which nothing is put back, and those into which something may be.
  private var closed: Set<Int> = []
  private var admitted: Set<Int> = []

  var isEmpty: Bool { events.isEmpty }

  /// Whether values may be put into the commands of `channel`.
  func admits(_ channel: TextChannel) -> Bool { admitted.contains(channel.choice) && !closed.contains(channel.choice) }

  /// Whether `event` is kept; false when it is the one that those before it have waited for, or none had to.
  mutating func keeps(
    _ event: StreamEvent, _ reading: AnswerReading, limit: Int, by makeRewriter: (TextChannel) -> some TextRewriter
  ) -> Bool {
    let data = event.data
    let commands = reading.pieces.filter { $0.channel.field.isCommand && $0.telling != .answer }
    if events.isEmpty, commands.isEmpty { return false }
    let isEnd = reading.endings.contains {
      switch $0 {
      case .choice, .everything: true
      case .text: false
      }
    }
    for piece in commands where piece.call == nil || !isEnd {
      let text = piece.text(in: data.span)
      if !piece.isWhole {
        pieces[piece.channel, default: []] += text
      } else if !text.isEmpty {
        texts[piece.channel.choice, default: []].insert(text)
      }
    }
    guard isEnd || size + event.bytes.count > limit else {
      size += event.bytes.count
      events.append(event)
      return true
    }
    judge(commands.filter { $0.call != nil }, in: data, by: makeRewriter)
    return false
  }

  /// Judges the calls that have come by what the event at their end says of them.
  private mutating func judge(
    _ said: [AnswerReading.Piece], in data: [UInt8], by makeRewriter: (TextChannel) -> some TextRewriter
  ) {
    for (channel, text) in pieces { texts[channel.choice, default: []].insert(text) }
    let choices = Set(said.map(\.channel.choice))
    for choice in choices {
      let commands = said.filter { $0.channel.choice == choice }
      let whole = Set(commands.map { $0.text(in: data.span) })
      let isAdmitted = Set(commands.compactMap(\.call)).allSatisfy { call in
        makeRewriter(commands[0].channel).admits(data.span.extracting(call))
      }
      // What was told before must be what is judged.
      if isAdmitted, whole.isSuperset(of: texts[choice] ?? []) {
        admitted.insert(choice)
      } else {
        closed.insert(choice)
      }
    }
    for choice in texts.keys where !choices.contains(choice) { closed.insert(choice) }
    texts = [:]
    pieces = [:]
  }

  /// Takes out what is kept; of calls that have not come to their end, nobody knows where they go.
  mutating func take() -> [StreamEvent] {
    for choice in texts.keys { closed.insert(choice) }
    for channel in pieces.keys { closed.insert(channel.choice) }
    defer {
      events = []
      size = 0
    }
    return events
  }
}
