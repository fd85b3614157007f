import Bytes
import Glibc

/// A folder with a model for token classification, in the layout that Hugging Face's exporters write.
struct ModelFolder: Sendable {
  let path: String

  /// The numbers and labels of `config.json`.
  struct Configuration: Hashable {
    var labels: [String]
    var longest: Int
    var vocabularySize: Int?
  }

  /// Files are read up to these sizes.
  private static let largestConfiguration = 1 << 20
  private static let largestTokenizer = 1 << 26

  /// The model's file: the first of the usual names that is there.
  func model() throws(TransformerError) -> String {
    let names = ["model", "model_quantized", "model_int8", "model_q4", "model_uint8", "model_q8"]
    for name in names.flatMap({ ["\($0).onnx", "onnx/\($0).onnx"] }) where isReadable(name) { return "\(path)/\(name)" }
    throw TransformerError(.fileMissing, "model.onnx")
  }

  /// What `config.json` says.
  func configuration() throws(TransformerError) -> Configuration {
    let name = "config.json"
    let root = try json(name)
    guard let members = root["id2label"]?.members, (2...4_096).contains(members.count) else {
      throw TransformerError(.malformed, "`id2label` in `\(name)`")
    }
    var labels = [String?](repeating: nil, count: members.count)
    for member in members {
      guard let number = Int(member.name), labels.indices.contains(number), let label = member.value.string else {
        throw TransformerError(.malformed, "`id2label` in `\(name)`")
      }
      labels[number] = label
    }
    let whole = labels.compactMap(\.self)
    guard whole.count == labels.count else { throw TransformerError(.malformed, "`id2label` in `\(name)`") }
    let positions = root["max_position_embeddings"]?.integer ?? 512
    // RoBERTa counts its positions from the one after its padding.
    let offset = ["roberta", "xlm-roberta", "camembert"].contains(root["model_type"]?.string) ? 2 : 0
    guard (16...1_000_000).contains(positions) else {
      throw TransformerError(.malformed, "`max_position_embeddings` in `\(name)`")
    }
    return Configuration(
      labels: whole, longest: min(positions - offset, 512), vocabularySize: root["vocab_size"]?.integer)
  }

  /// The tokenizer of `tokenizer.json`, or of `vocab.txt` and `tokenizer_config.json`.
  func tokenizer() throws(TransformerError) -> Tokenizer {
    if isReadable("tokenizer.json") {
      return try TokenizerFile(read("tokenizer.json", upTo: ModelFolder.largestTokenizer)).tokenizer()
    }
    guard isReadable("vocab.txt") else { throw TransformerError(.fileMissing, "tokenizer.json") }
    let lowercases =
      try isReadable("tokenizer_config.json") ? json("tokenizer_config.json")["do_lower_case"]?.bool : nil
    return try TokenizerFile.tokenizer(
      vocabulary: read("vocab.txt", upTo: ModelFolder.largestTokenizer), lowercases: lowercases ?? true)
  }

  /// What `labels.json` says that labels mean: `{"LABEL_1": "NAME", "LABEL_2": null}`; nothing without such a file.
  func meanings() throws(TransformerError) -> [String: String?] {
    let name = "labels.json"
    guard isReadable(name) else { return [:] }
    guard let members = try json(name).members else { throw TransformerError(.malformed, "`\(name)`") }
    var meanings: [String: String?] = [:]
    for member in members {
      switch member.value {
      case .null: meanings.updateValue(nil, forKey: member.name)
      case .string(let identifier): meanings.updateValue(identifier, forKey: member.name)
      default: throw TransformerError(.malformed, "`\(name)`")
      }
    }
    return meanings
  }

  private func json(_ name: String) throws(TransformerError) -> JSONValue {
    let bytes = try read(name, upTo: ModelFolder.largestConfiguration)
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw TransformerError(.notJSON, name)
    }
  }

  private func isReadable(_ name: String) -> Bool { unsafe access("\(path)/\(name)", R_OK) == 0 }

  private func read(_ name: String, upTo limit: Int) throws(TransformerError) -> [UInt8] {
    let descriptor = unsafe open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TransformerError(.fileMissing, name) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      // INVARIANT: the count is the size of the block.
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw TransformerError(.fileMissing, name) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: block[..<count])
    }
    throw TransformerError(.fileTooLarge, name)
  }
}
