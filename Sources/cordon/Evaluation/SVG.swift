/// An element of a drawing in Scalable Vector Graphics, written as a file of its own.
struct SVG {
  private let name: String
  private let attributes: [(String, String)]
  private let content: Content

  private enum Content {
    case text(String)
    case children([SVG])
  }

  /// An element that holds others.
  init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [SVG] = []) {
    self.name = name
    self.attributes = attributes.map { ($0.key, $0.value) }
    content = .children(children)
  }

  /// An element that holds text.
  init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
    self.name = name
    self.attributes = attributes.map { ($0.key, $0.value) }
    content = .text(text)
  }

  /// A number with at most one decimal, as coordinates are written.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  /// The element as a file.
  var document: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + lines("") }

  private func lines(_ indent: String) -> String {
    let opening = indent + "<" + name + attributes.map { " \($0)=\"\(SVG.escaped($1))\"" }.joined()
    switch content {
    case .text(let text): return opening + ">\(SVG.escaped(text))</\(name)>\n"
    case .children(let children) where children.isEmpty: return opening + "/>\n"
    case .children(let children):
      return opening + ">\n" + children.map { $0.lines(indent + "  ") }.joined() + "\(indent)</\(name)>\n"
    }
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
