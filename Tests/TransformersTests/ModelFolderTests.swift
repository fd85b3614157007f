import Foundation
import TestKit
import Testing
import Transformers

/// A model that is set but cannot be used is an error with its reason, never a scanner without it.
struct ModelFolderTests {
  private static let labels = #""id2label":{"0":"O","1":"B-NAME"}"#

  @Test(
    arguments: [
      (nil, .fileMissing),
      ("", .notJSON),
      ("[]", .malformed),
      ("{}", .malformed),
      (#"{"id2label":{}}"#, .malformed),
      (#"{"id2label":{"0":"O","7":"B-NAME"}}"#, .malformed),
      (#"{"id2label":{"0":"O","-1":"B-NAME"}}"#, .malformed),
      (#"{"id2label":{"0":"O","99999999999999999999":"B-NAME"}}"#, .malformed),
      (#"{"id2label":{"0":"O","1":7}}"#, .malformed),
      (#"{"id2label":{"0":"O","1":"B-WIZARD"}}"#, .unknownLabels),
      ("{\(labels),\"max_position_embeddings\":0}", .malformed),
      ("{\(labels),\"max_position_embeddings\":-512}", .malformed),
      ("{\(labels),\"max_position_embeddings\":1000000000000}", .malformed),
      ("{\(labels),\"vocab_size\":10}", .malformed),
    ] as [(String?, TransformerError.Code)])
  func `refuses a folder whose configuration is not one`(_ text: String?, _ code: TransformerError.Code) throws {
    let folder = try folder(configuration: text)
    #expect(error(folder.path)?.code == code)
  }

  @Test func `refuses a configuration that is nested without end or too large`() throws {
    let nested = try folder(configuration: String(repeating: "[", count: 100_000))
    #expect(error(nested.path)?.code == .notJSON)
    let large = try folder(configuration: "{\"x\":\"\(String(repeating: "x", count: 1 << 20))\"}")
    #expect(error(large.path) == TransformerError(.fileTooLarge, "config.json"))
  }

  @Test func `refuses a folder without a tokenizer`() throws {
    let folder = try folder(configuration: "{\(Self.labels)}")
    try FileManager.default.removeItem(atPath: "\(folder.path)/tokenizer.json")
    #expect(error(folder.path) == TransformerError(.fileMissing, "tokenizer.json"))
  }

  @Test func `reads the labels that a file explains`() throws {
    let folder = try folder(configuration: #"{"id2label":{"0":"O","1":"LABEL_1"}}"#)
    try Data(#"{"LABEL_1": "NAME"}"#.utf8).write(to: URL(filePath: "\(folder.path)/labels.json"))
    #expect(error(folder.path)?.code == .runtimeMissing)
    try Data(#"{"LABEL_1": 1}"#.utf8).write(to: URL(filePath: "\(folder.path)/labels.json"))
    #expect(error(folder.path)?.code == .malformed)
  }

  @Test func `says when the runtime is not there or is another library`() throws {
    let folder = try folder(configuration: "{\(Self.labels)}")
    #expect(error(folder.path) == TransformerError(.runtimeMissing, "/nowhere/libonnxruntime.so"))
    #expect(error(folder.path, runtime: "libm.so.6") == TransformerError(.notARuntime, "libm.so.6"))
  }

  private func folder(configuration: String?) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let tokenizer = try ReferenceCase.contents(of: "word-piece.tokenizer.json")
    try Data(tokenizer).write(to: URL(filePath: "\(folder.path)/tokenizer.json"))
    if let configuration { try Data(configuration.utf8).write(to: URL(filePath: "\(folder.path)/config.json")) }
    return folder
  }

  private func error(_ folder: String, runtime: String = "/nowhere/libonnxruntime.so") -> TransformerError? {
    do throws(TransformerError) {
      _ = try Transformer(folder: folder, runtime: runtime)
      return nil
    } catch {
      return error
    }
  }
}
