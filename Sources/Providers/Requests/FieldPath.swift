/// The way to a field for an error or a refusal: names that the dialect knows, indices, and `*` for any other name.
struct FieldPath: CustomStringConvertible {
  private enum Step {
    case field(String)
    case index(Int)
    case unknown
  }

  private var steps: [Step] = []

  mutating func enter(_ field: String) { steps.append(.field(field)) }
  mutating func enterUnknown() { steps.append(.unknown) }
  mutating func enter(index: Int) { steps.append(.index(index)) }
  mutating func leave() { steps.removeLast() }
  mutating func leave(to depth: Int) { steps.removeSubrange(depth...) }

  var depth: Int { steps.count }

  var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .field(let name): text += text.isEmpty ? name : ".\(name)"
      case .index(let index): text += "[\(index)]"
      case .unknown: text += text.isEmpty ? "*" : ".*"
      }
    }
    return text
  }
}
