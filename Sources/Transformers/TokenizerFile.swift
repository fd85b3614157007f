import Bytes

/// Reads a tokenizer from the files of a model: `tokenizer.json`, or `vocab.txt` for one of BERT's kind.
struct TokenizerFile {
  private let root: JSONValue

  /// - Throws: `TransformerError` when the file is not JSON.
  init(_ bytes: [UInt8]) throws(TransformerError) {
    do throws(JSONError) {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw TransformerError(.notJSON, "tokenizer.json")
    }
  }

  /// The tokenizer that the file describes.
  func tokenizer() throws(TransformerError) -> Tokenizer {
    guard let model = root["model"] else { throw TransformerError(.malformed, "tokenizer's `model`") }
    let vocabulary = try vocabulary(of: model)
    let method: Tokenizer.Method
    switch model["type"]?.string {
    case "WordPiece": method = try wordPiece(model, vocabulary)
    case "BPE": method = try bytePairs(model, vocabulary)
    case let other: throw TransformerError(.unsupportedTokenizer, "model `\(other ?? "without a type")`")
    }
    let (first, last) = try ends(vocabulary)
    let padding = ["[PAD]", "<pad>"].lazy.compactMap { self.special($0, vocabulary) }.first ?? 0
    let added = (root["added_tokens"]?.array ?? []).lazy.compactMap { $0["id"]?.integer.flatMap { Int32(exactly: $0) } }
    let size = max(vocabulary.values.reduce(0) { max($0, Int($1)) }, added.reduce(0) { max($0, Int($1)) }) + 1
    return Tokenizer(method, first: first, last: last, padding: padding, size: size)
  }

  private func unsupported(_ part: String) -> TransformerError {
    TransformerError(.unsupportedTokenizer, "`\(part)` of type `\(root[part]?["type"]?.string ?? "none")`")
  }

  private func vocabulary(of model: JSONValue) throws(TransformerError) -> [[UInt8]: Int32] {
    guard let members = model["vocab"]?.members else { throw TransformerError(.malformed, "tokenizer's `vocab`") }
    var vocabulary: [[UInt8]: Int32] = [:]
    vocabulary.reserveCapacity(members.count)
    for member in members {
      guard let id = member.value.integer, let number = Int32(exactly: id), number >= 0 else {
        throw TransformerError(.malformed, "tokenizer's `vocab`")
      }
      vocabulary[Array(member.name.utf8)] = number
    }
    return vocabulary
  }

  private func wordPiece(
    _ model: JSONValue, _ vocabulary: [[UInt8]: Int32]
  ) throws(TransformerError) -> Tokenizer.Method {
    guard root["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
      throw TransformerError(
        .unsupportedTokenizer, "pre-tokenizer `\(root["pre_tokenizer"]?["type"]?.string ?? "none")`")
    }
    guard let normalizer = root["normalizer"], normalizer["type"]?.string == "BertNormalizer" else {
      throw unsupported("normalizer")
    }
    let lowercases = normalizer["lowercase"]?.bool ?? true
    let bert = BertNormalizer(
      cleansText: normalizer["clean_text"]?.bool ?? true,
      separatesIdeographs: normalizer["handle_chinese_chars"]?.bool ?? true,
      stripsAccents: normalizer["strip_accents"]?.bool ?? lowercases, lowercases: lowercases)
    guard let unknown = vocabulary[Array((model["unk_token"]?.string ?? "[UNK]").utf8)] else {
      throw TransformerError(.malformed, "tokenizer's `unk_token`")
    }
    let longest = model["max_input_chars_per_word"]?.integer ?? 100
    guard (1...1_000).contains(longest) else {
      throw TransformerError(.malformed, "tokenizer's `max_input_chars_per_word`")
    }
    return .wordPiece(
      bert,
      WordPiece(
        vocabulary, unknown: unknown, continuation: Array((model["continuing_subword_prefix"]?.string ?? "##").utf8),
        longestWord: longest))
  }

  private func bytePairs(
    _ model: JSONValue, _ vocabulary: [[UInt8]: Int32]
  ) throws(TransformerError) -> Tokenizer.Method {
    guard let level = root["pre_tokenizer"], level["type"]?.string == "ByteLevel", level["use_regex"]?.bool != false
    else {
      throw TransformerError(
        .unsupportedTokenizer, "pre-tokenizer `\(root["pre_tokenizer"]?["type"]?.string ?? "none")`")
    }
    if let normalizer = root["normalizer"], normalizer != .null { throw unsupported("normalizer") }
    for part in ["continuing_subword_prefix", "end_of_word_suffix"] where !(model[part]?.string ?? "").isEmpty {
      throw TransformerError(.unsupportedTokenizer, part)
    }
    if model["ignore_merges"]?.bool == true { throw TransformerError(.unsupportedTokenizer, "ignore_merges") }
    var ids: [[UInt8]: Int32] = [:]
    for (piece, id) in vocabulary {
      if let bytes = ByteLevel.bytes(of: String(decoding: piece, as: UTF8.self)) { ids[bytes] = id }
    }
    let bytes = (UInt8.min...UInt8.max).compactMap { ids[[$0]] }
    guard bytes.count == 256 else { throw TransformerError(.malformed, "tokenizer's `vocab`: not every byte is in it") }
    return .bytePairs(
      ByteLevel(addsSpace: level["add_prefix_space"]?.bool ?? true),
      BytePairs(bytes: bytes, merges: try merges(model, ids)))
  }

  private func merges(
    _ model: JSONValue, _ ids: [[UInt8]: Int32]
  ) throws(TransformerError) -> [UInt64: BytePairs.Merge] {
    let malformed = TransformerError(.malformed, "tokenizer's `merges`")
    guard let list = model["merges"]?.array else { throw malformed }
    var merges: [UInt64: BytePairs.Merge] = [:]
    merges.reserveCapacity(list.count)
    for (rank, merge) in list.enumerated() {
      let pair = merge.array?.compactMap(\.string) ?? merge.string?.split(separator: " ").map(String.init) ?? []
      guard pair.count == 2, let left = ByteLevel.bytes(of: pair[0]), let right = ByteLevel.bytes(of: pair[1]),
        let leftID = ids[left], let rightID = ids[right], let id = ids[left + right], let number = Int32(exactly: rank)
      else { throw malformed }
      let key = BytePairs.pair(leftID, rightID)
      if merges[key] == nil { merges[key] = BytePairs.Merge(rank: number, id: id) }
    }
    return merges
  }

  /// What stands before and after a text, by the post-processor.
  private func ends(_ vocabulary: [[UInt8]: Int32]) throws(TransformerError) -> (first: Int32, last: Int32) {
    let malformed = TransformerError(.malformed, "tokenizer's `post_processor`")
    guard let processor = root["post_processor"], let type = processor["type"]?.string else { throw malformed }
    let names: [String]
    switch type {
    case "BertProcessing", "RobertaProcessing":
      names = ["cls", "sep"].compactMap { processor[$0]?.array?.first?.string }
    case "TemplateProcessing":
      let single = processor["single"]?.array ?? []
      guard single.count == 3, single[1]["Sequence"] != nil else { throw malformed }
      names = [single[0], single[2]].compactMap { $0["SpecialToken"]?["id"]?.string }
    default: throw TransformerError(.unsupportedTokenizer, "post-processor `\(type)`")
    }
    guard names.count == 2, let first = special(names[0], vocabulary), let last = special(names[1], vocabulary) else {
      throw malformed
    }
    return (first, last)
  }

  private func special(_ name: String, _ vocabulary: [[UInt8]: Int32]) -> Int32? {
    if let id = vocabulary[Array(name.utf8)] { return id }
    let added = root["added_tokens"]?.array?.first { $0["content"]?.string == name }
    return added?["id"]?.integer.flatMap { Int32(exactly: $0) }
  }
}

extension TokenizerFile {
  /// The tokenizer of a `vocab.txt`, one piece a line, as BERT's first models came with.
  static func tokenizer(vocabulary text: [UInt8], lowercases: Bool) throws(TransformerError) -> Tokenizer {
    var vocabulary: [[UInt8]: Int32] = [:]
    for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let piece = line.last == 0x0D ? line.dropLast() : line
      if !piece.isEmpty { vocabulary[Array(piece)] = Int32(truncatingIfNeeded: number) }
    }
    let specials = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"].compactMap { vocabulary[Array($0.utf8)] }
    guard specials.count == 4 else { throw TransformerError(.malformed, "`vocab.txt`: a control word is missing") }
    let pieces = WordPiece(vocabulary, unknown: specials[0], continuation: Array("##".utf8), longestWord: 100)
    let normalizer = BertNormalizer(stripsAccents: lowercases, lowercases: lowercases)
    return Tokenizer(
      .wordPiece(normalizer, pieces), first: specials[1], last: specials[2], padding: specials[3],
      size: Int(vocabulary.values.reduce(0, max)) + 1)
  }
}
