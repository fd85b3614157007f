import Bytes

/// Which text of a response an event is about, as its other fields say.
struct EventIndices {
  /// Stands where the event has yet to say it.
  static let unknown = -1

  var output: Int?
  var content: Int?
  var summary: Int?
  var command: Int?
}

/// What an event of a response does, as its type says: `response.` and what it is about, then `.delta`, `.done` or another
/// turn.
struct ResponseEvent {
  private let subject: String
  private let turn: String
  private let indices: EventIndices

  init(_ type: String, _ indices: EventIndices) {
    self.indices = indices
    guard let dot = type.lastIndex(of: ".") else {
      (subject, turn) = ("", type)
      return
    }
    let prefix = "response."
    subject =
      type.hasPrefix(prefix) && dot >= type.index(type.startIndex, offsetBy: prefix.count)
      ? String(type[type.index(type.startIndex, offsetBy: prefix.count)..<dot]) : ""
    turn = String(type[type.index(after: dot)...])
  }

  /// Puts the indices into what a walk over the event has found, and the event's own texts beside it.
  func complete(_ reading: inout AnswerReading, _ texts: [JSONToken]) {
    let isDelta = turn == "delta"
    for place in reading.pieces.indices {
      let field = field(of: reading.pieces[place].channel.field)
      reading.pieces[place].channel.field = field
      if reading.pieces[place].channel.choice == EventIndices.unknown {
        reading.pieces[place].channel.choice = indices.output ?? 0
      }
      if isDelta, case .commandOutput = field { reading.pieces[place].isWhole = false }
    }
    for place in reading.tokenLists.indices where reading.tokenLists[place].choice == EventIndices.unknown {
      reading.tokenLists[place].choice = indices.output ?? 0
    }
    if subject != "audio" {
      for text in texts {
        let telling: TextRow.Telling = isDelta ? .pieces : .text
        reading.pieces.append(
          AnswerReading.Piece(channel: channel, token: text, isWhole: !isDelta, telling: telling))
      }
    }
    end(&reading)
  }

  private func end(_ reading: inout AnswerReading) {
    let reasons = reading.finishReasons
    reading.finishReasons = []
    switch (subject, turn) {
    case ("", "completed"), ("", "incomplete"):
      reading.isLast = true
      reading.endings = [.everything]
      reading.finishReasons = reasons.isEmpty ? [(0, turn)] : reasons
    case ("", "failed"): reading.failure = reading.failure ?? "response"
    case ("", "error"): reading.failure = "error"
    case ("output_item", "done"): reading.endings = [.choice(indices.output ?? 0)]
    case ("content_part", "done"):
      reading.endings = ["text", "refusal", "reasoning"].map { .text(text(.content(part: content, $0))) }
    case ("reasoning_summary_part", "done"): reading.endings = [.text(text(.summary(part: summary)))]
    case ("shell_call_output_content", "done"):
      reading.endings = ["stdout", "stderr"].map { .text(text(.commandOutput(command, $0))) }
    case (_, "done"): reading.endings = [.text(channel)]
    default: break
    }
  }

  /// The text that the event's own strings are, or are pieces of.
  private var channel: TextChannel {
    switch subject {
    case "output_text": text(.content(part: content, "text"))
    case "refusal": text(.content(part: content, "refusal"))
    case "reasoning_text": text(.content(part: content, "reasoning"))
    case "reasoning_summary_text": text(.summary(part: summary))
    case "function_call_arguments", "mcp_call_arguments": text(.functionArguments)
    case "custom_tool_call_input": text(.member("input"))
    case "code_interpreter_call_code": text(.member("code"))
    case "shell_call_command": text(.command(command))
    case "audio.transcript": text(.transcript)
    default: text(.member(subject))
    }
  }

  private func text(_ field: TextChannel.Field) -> TextChannel { TextChannel(field, choice: indices.output ?? 0) }

  private func field(of field: TextChannel.Field) -> TextChannel.Field {
    switch field {
    case .content(EventIndices.unknown, let name): .content(part: content, name)
    case .summary(EventIndices.unknown): .summary(part: summary)
    case .commandOutput(EventIndices.unknown, let name): .commandOutput(command, name)
    default: field
    }
  }

  private var content: Int { indices.content ?? 0 }
  private var summary: Int { indices.summary ?? 0 }
  private var command: Int { indices.command ?? 0 }
}
