import Bytes
import Detection

/// The de-identified outputs that a spot check draws from.
struct OutputPopulation {
  private let member: String?
  private(set) var outputs: [SpotCheckOutput] = []
  private var texts: [String: String] = [:]

  /// No outputs yet; the class of a line is what its `member` says.
  init(by member: String?) { self.member = member }

  /// Adds the outputs of a file: its lines when it holds JSON lines, else the whole of it.
  mutating func add(_ document: Document) throws {
    var bytes: [UInt8] = []
    try DocumentReader.read(document) { bytes.append(copying: $0) }
    guard document.name.hasSuffix(".jsonl") else {
      let folder = document.name.split(separator: "/").dropLast().last.map(String.init) ?? document.name
      try append(document.name, folder, document, 0..<bytes.count, String(decoding: bytes, as: UTF8.self))
      return
    }
    var start = 0
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      defer { start += line.count + 1 }
      guard !line.isEmpty else { continue }
      guard let value = try? JSONValue(parsing: Array(line)), let id = value["id"]?.string,
        let text = value["text"]?.string
      else { throw refusal(document, index, "has no `id` and `text`") }
      var stratum = document.name
      if let member {
        guard let name = value[member]?.string else { throw refusal(document, index, "has no `\(member)`") }
        stratum = name
      }
      try append(id, stratum, document, start..<start + line.count, text)
    }
  }

  /// The text of an output.
  func text(of output: SpotCheckOutput) -> String? { texts[output.id] }

  private mutating func append(
    _ id: String, _ stratum: String, _ document: Document, _ range: Range<Int>, _ text: String
  ) throws {
    guard texts.updateValue(text, forKey: id) == nil else {
      throw CommandFailure(.unreadableInput, "cannot draw from `\(document.name)`: an id is there twice")
    }
    outputs.append(
      SpotCheckOutput(id: id, stratum: stratum, source: document.name, range: range, length: text.utf8.count))
  }

  private func refusal(_ document: Document, _ index: Int, _ what: String) -> CommandFailure {
    CommandFailure(.unreadableInput, "cannot draw from `\(document.name)`: line \(index + 1) \(what)")
  }
}
