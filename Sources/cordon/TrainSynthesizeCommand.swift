import ArgumentParser
import Bytes
import Synthesis

/// `cordon train synthesize`: writes labelled clinical text that is about nobody.
struct TrainSynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize", abstract: "Write labelled clinical text about nobody, for training.",
    discussion: """
      Templates and lists are those of a folder with `Templates/*.txt` and `Lists/*.txt`, such as `Training` of the \
      source tree. The same folder, count and seed give the same bytes everywhere. Exit codes: 0 written, 2 bad usage, \
      65 a template or list is not well formed, 66 no such folder, 74 the output failed.
      """)

  @Argument(help: "The folder with templates and lists.")
  var folder: String

  @Option(name: .shortAndLong, help: "Write to this file; standard output unless given.")
  var output: String?

  @Option(help: "How many documents are written.")
  var count = 10_000

  @Option(help: "The seed of all choices.")
  var seed: UInt64 = 1

  func validate() throws {
    if count < 1 { throw ValidationError("`--count` is at least 1") }
  }

  func run() throws {
    var templates: [Template] = []
    for file in try texts(in: "Templates") {
      do { templates += try Template.parse(file.text) } catch { throw malformed(file.path, error) }
    }
    let lists: Lists
    do { lists = try Lists(parsing: try texts(in: "Lists").map(\.text)) } catch let error as SynthesisError {
      throw malformed("\(folder)/Lists", error)
    }
    var file = try output.map { path throws(FileFailure) in try OutputFile(path) } ?? OutputFile()
    var lines: [UInt8] = []
    for document in Corpus(templates: templates, lists: lists, count: count, seed: seed) {
      document.write(into: &lines)
      lines.append(0x0A)
      if lines.count > 1 << 20 {
        try file.write(lines)
        lines.removeAll(keepingCapacity: true)
      }
    }
    try file.write(lines)
    try file.commit()
  }

  private func malformed(_ path: String, _ error: SynthesisError) -> CommandFailure {
    CommandFailure(.unreadableInput, "\(path): \(error)")
  }

  /// The texts of the files `*.txt` in a folder below, in the order of their names.
  private func texts(in part: String) throws -> [(path: String, text: String)] {
    let path = "\(folder)/\(part)"
    let names = TextFile.names(in: path).filter { $0.hasSuffix(".txt") }
    guard !names.isEmpty else { throw CommandFailure(.noInput, "\(path): no files *.txt there") }
    return try names.map { name in
      guard let bytes = TextFile.contents(of: "\(path)/\(name)"),
        let text = String(validating: bytes, as: UTF8.self)
      else { throw CommandFailure(.unreadableInput, "\(path)/\(name): not readable as UTF-8") }
      return ("\(path)/\(name)", text)
    }
  }
}
