/// Why a template or a list cannot be used.
package struct SynthesisError: Error, Equatable, Sendable {
  /// What is wrong.
  package enum Code: Equatable, Sendable {
    case textBeforeFirstTemplate
    case noIdentifier
    case repeatedIdentifier
    case unknownWord(String)
    case emptyTemplate
    case unknownSlot(String)
    case unknownForm(String)
    case openChoice
    case strayChoiceEnd
    case badMark
    case markedButClean
    case unknownList(String)
    case missingList(String)
    case badEntry
  }

  /// What is wrong.
  package let code: Code
  /// The template or the list.
  package let place: String
  /// The line in the file, from 1.
  package let line: Int

  init(_ code: Code, in place: String, line: Int) { (self.code, self.place, self.line) = (code, place, line) }
}

extension SynthesisError: CustomStringConvertible {
  package var description: String {
    let what =
      switch code {
      case .textBeforeFirstTemplate: "text stands before the first template"
      case .noIdentifier: "a template has no identifier"
      case .repeatedIdentifier: "two templates have this identifier"
      case .unknownWord(let word): "unknown word `\(word)`"
      case .emptyTemplate: "the template is empty"
      case .unknownSlot(let slot): "unknown slot `\(slot)`"
      case .unknownForm(let form): "unknown form `\(form)`"
      case .openChoice: "a choice is not closed"
      case .strayChoiceEnd: "a choice is closed that was not opened"
      case .badMark: "a mark is not `[[LABEL|text]]`"
      case .markedButClean: "a clean template marks something"
      case .unknownList(let list): "unknown list `\(list)`"
      case .missingList(let list): "the list `\(list)` is missing or empty"
      case .badEntry: "an entry of a list cannot be read"
      }
    return "\(place), line \(line): \(what)"
  }
}
