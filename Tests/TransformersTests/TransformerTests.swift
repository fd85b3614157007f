import Bytes
import Foundation
import PHI
import TestKit
import Testing
import Transformers

/// The real model and runtime of `Scripts/transformer-tier`, where they are there.
private enum RealModel {
  static let runtime = path("CORDON_ONNX_RUNTIME", "runtime")
  static let model = path("CORDON_ONNX_MODEL", "model")
  static var isThere: Bool { runtime != nil && model != nil }

  static func transformer() throws -> Transformer {
    try Transformer(folder: try #require(model), runtime: try #require(runtime))
  }

  /// What the environment says, else the link that the script leaves in the tree.
  private static func path(_ variable: String, _ link: String) -> String? {
    if let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty { return path }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appending(path: ".venv-transformer/\(link)").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}

@Suite(.enabled(if: RealModel.isThere, "skipped: no model and runtime; `Scripts/transformer-tier` installs them"))
struct TransformerTests {
  @Test func `finds in each sentence what the package's own program finds`() throws {
    let transformer = try RealModel.transformer()
    for line in try ReferenceCase.contents(of: "rampart.jsonl").split(separator: 0x0A) {
      let value = try JSONValue(parsing: Array(line))
      let text = Array(try #require(value["text"]?.string).utf8)
      let tokens = transformer.tokenizer.tokens(of: text[...])
      #expect(tokens.map(\.id) == (try #require(value["ids"]?.array)).compactMap { $0.integer.map { Int32($0) } })
      let places = try #require(value["places"]?.array).map { try range($0.array) }
      #expect(tokens.map(\.range) == places)
      let own = try transformer.mentions(in: text, of: [0..<text.count]).flatMap(\.mentions)
        .map { "\($0.range) \(transformer.labels.kinds[$0.kind])" }
      let theirs = try #require(value["mentions"]?.array).map { mention in
        "\(try range(mention.array)) \(try #require(mention.array?.last?.string))"
      }
      #expect(own == theirs)
    }
  }

  @Test func `gives the same answers for stretches together and one by one`() throws {
    let transformer = try RealModel.transformer()
    let text = Array("Maria Gonzalez lives in Boston.\nCall her brother Ahmed Al-Farsi at 415-555-2671 today.".utf8)
    let stretches = [0..<31, 32..<text.count]
    let together = try transformer.findings(in: text, of: stretches)
    #expect(together == (try stretches.flatMap { try transformer.findings(in: text, of: [$0]) }))
    #expect(!together.isEmpty)
  }

  @Test func `reads a text of many windows and any bytes`() throws {
    let transformer = try RealModel.transformer()
    let names = ["Maria Gonzalez", "Ahmed Al-Farsi", "Harriet Vane", "John Okafor", "Li Na Wang"]
    let acts = [
      "was seen in clinic", "called about her daughter", "slept well and ate breakfast", "asked for a refill",
    ]
    let long = Array((0..<120).map { "\(names[$0 % 5]) \(acts[$0 / 5 % 4])." }.joined(separator: " ").utf8)
    let findings = try transformer.findings(in: long, of: [0..<long.count])
    #expect(findings.count >= 60)
    #expect(findings.map(\.range.upperBound).max() ?? 0 > long.count * 9 / 10)
    var random = SeededGenerator(seed: 7)
    let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
    for finding in try transformer.findings(in: noise, of: [0..<noise.count]) {
      #expect(finding.range.upperBound <= noise.count)
    }
    #expect(try transformer.findings(in: [], of: []).isEmpty)
    #expect(try transformer.findings(in: Array("  ".utf8), of: [0..<2]).isEmpty)
  }

  @Test func `answers several at once as it answers one`() async throws {
    let transformer = try RealModel.transformer()
    let text = Array("Harriet Vane lives at 12 Elm Street, Boston; her nurse is Ahmed Al-Farsi.".utf8)
    let alone = try transformer.findings(in: text, of: [0..<text.count])
    let together = try await withThrowingTaskGroup(of: [Finding].self) { group in
      for _ in 0..<8 { group.addTask { try transformer.findings(in: text, of: [0..<text.count]) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(together == Array(repeating: alone, count: 8))
  }

  @Test func `refuses a file that is no model`() throws {
    let folder = try TemporaryFolder()
    for name in ["config.json", "tokenizer.json"] {
      try FileManager.default.copyItem(
        atPath: "\(try #require(RealModel.model))/\(name)", toPath: "\(folder.path)/\(name)")
    }
    let runtime = try #require(RealModel.runtime)
    #expect(throws: TransformerError(.fileMissing, "model.onnx")) {
      try Transformer(folder: folder.path, runtime: runtime)
    }
    try Data("not a model".utf8).write(to: URL(filePath: "\(folder.path)/model.onnx"))
    #expect(throws: TransformerError.self) { try Transformer(folder: folder.path, runtime: runtime) }
  }

  private func range(_ ends: [JSONValue]?) throws -> Range<Int> {
    let ends = try #require(ends).compactMap(\.integer)
    return ends[0]..<ends[1]
  }
}
