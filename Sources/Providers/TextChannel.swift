/// One text of an answer that may come in pieces: the content of a choice, the arguments of a tool call.
package struct TextChannel: Hashable, Sendable {
  /// Which text of a choice it is.
  package enum Field: Hashable, Sendable {
    /// A string of the message, such as `content`, `refusal` or `reasoning_content`.
    case member(String)
    /// The arguments of the tool call with this index.
    case toolArguments(call: Int)
    /// The input of the custom tool call with this index.
    case toolInput(call: Int)
    /// The arguments of the only call, in the dialect's older form.
    case functionArguments
    /// What is said in the sound of the message.
    case transcript
    /// A string of the part with this index, such as `text` or `refusal`.
    case content(part: Int, String)
    /// The part with this index of the summary of the model's reasoning.
    case summary(part: Int)
    /// The command with this index of a call of a shell.
    case command(Int)
    /// What the command with this index wrote: `stdout` or `stderr`.
    case commandOutput(Int, String)
    /// Any other string; it comes whole.
    case other

    /// Whether it is one of the commands that are run together.
    var isCommand: Bool {
      if case .command = self { return true }
      return false
    }
  }

  /// How what is put into a text must be written there.
  package enum Escaping: Hashable, Sendable {
    /// As it is.
    case none
    /// As it stands in a JSON string, because the text is itself JSON, for a program.
    case jsonString
    /// The same, but a client may show the JSON as it stands.
    case shownJSONString
  }

  /// How many texts of a stream may be open at once.
  static let limit = 256

  /// Which text of the choice it is.
  package var field: Field
  /// Which choice; of answers that have none, which output item.
  package var choice: Int

  /// Whether it is all that a tool is told to do: to know where that goes, one has to have all of it.
  package var isCall: Bool {
    switch field {
    case .toolArguments, .toolInput, .functionArguments, .command, .member("input"), .member("code"): true
    // Calls that a response tells of under names which nobody knows yet.
    case .member(let name): name.utf8.count > 4 && name.contains("_call")
    case .content, .transcript, .summary, .commandOutput, .other: false
    }
  }

  /// How what is put into it must be written, when the content was or was not asked for as JSON.
  package func escaping(contentIsJSON: Bool) -> Escaping {
    switch field {
    case .toolArguments, .functionArguments: .jsonString
    case .member("content"), .content(_, "text"): contentIsJSON ? .shownJSONString : .none
    case .member, .content, .toolInput, .transcript, .summary, .command, .commandOutput, .other: .none
    }
  }

  /// A text by its place.
  package init(_ field: Field, choice: Int = 0) {
    self.field = field
    self.choice = choice
  }
}
