extension Template {
  /// The templates of one file.
  package static func parse(_ file: String) throws(SynthesisError) -> [Template] {
    var templates: [Template] = []
    var head: (words: [Substring], line: Int)?
    var body: [Substring] = []
    var number = 0
    let lines: [Substring] = file.split(separator: "\n", omittingEmptySubsequences: false) + ["=== "]
    for line in lines {
      number += 1
      guard line.hasPrefix("=== ") else {
        if head == nil, !line.allSatisfy(\.isWhitespace) {
          throw SynthesisError(.textBeforeFirstTemplate, in: "-", line: number)
        }
        body.append(line)
        continue
      }
      if let head { templates.append(try template(head: head.words, line: head.line, body: body)) }
      head = (line.dropFirst(4).split(separator: " "), number)
      body = []
    }
    return templates
  }

  /// The templates of several files, each with a name of its own.
  package static func parse(files: [String]) throws(SynthesisError) -> [Template] {
    var templates: [Template] = []
    var seen: Set<String> = []
    for file in files {
      for template in try parse(file) {
        guard seen.insert(template.id).inserted else {
          throw SynthesisError(.repeatedIdentifier, in: template.id, line: 1)
        }
        templates.append(template)
      }
    }
    return templates
  }

  private static func template(
    head: [Substring], line: Int, body: [Substring]
  ) throws(SynthesisError) -> Template {
    guard let id = head.first.map(String.init) else { throw SynthesisError(.noIdentifier, in: "-", line: line) }
    var traits: Set<Trait> = []
    for word in head.dropFirst() {
      guard let trait = Trait(rawValue: String(word)) else {
        throw SynthesisError(.unknownWord(String(word)), in: id, line: line)
      }
      traits.insert(trait)
    }
    var lines = body
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    guard !lines.isEmpty else { throw SynthesisError(.emptyTemplate, in: id, line: line) }
    var reader = PieceReader(lines.joined(separator: "\n"), in: id, line: line + 1)
    let pieces = try reader.pieces()
    if traits.contains(.clean), reader.marks { throw SynthesisError(.markedButClean, in: id, line: line) }
    return Template(id: id, traits: traits, people: reader.people, pieces: pieces)
  }
}
