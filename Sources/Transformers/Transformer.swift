package import PHI

/// A model for token classification that reads stretches of a text and says where it sees identifiers.
///
/// Any BERT- or RoBERTa-like model exported to ONNX, run by ONNX Runtime on the processor.
package struct Transformer: Sendable {
  /// The settings that a model is loaded with.
  package struct Settings: Hashable, Sendable {
    /// How many threads the runtime computes on.
    package var threads: Int
    /// How likely a piece must be of a kind to be found.
    package var threshold: Float
    /// How many tokens are read at once, where the model takes so many: small models see less in longer rows.
    package var width: Int
    /// How many tokens neighbouring windows of a long stretch share.
    package var overlap: Int

    /// The usual settings, and what is set otherwise.
    package init(threads: Int = 1, threshold: Float = 0.5, width: Int = 160, overlap: Int = 32) {
      self.threads = threads
      self.threshold = threshold
      self.width = width
      self.overlap = overlap
    }
  }

  /// What cuts text into the model's pieces.
  package let tokenizer: Tokenizer
  /// What the model's labels mean.
  package let labels: LabelTable
  private let session: Session
  private let settings: Settings
  private let width: Int

  /// Loads the model in a folder, to be run by the runtime in a library.
  package init(folder: String, runtime: String, settings: Settings = Settings()) throws(TransformerError) {
    let folder = ModelFolder(path: folder)
    let configuration = try folder.configuration()
    labels = try LabelTable(configuration.labels, meanings: folder.meanings())
    tokenizer = try folder.tokenizer()
    guard tokenizer.size <= configuration.vocabularySize ?? .max else {
      throw TransformerError(.malformed, "`vocab_size` in `config.json`")
    }
    session = try Session(
      Runtime(runtime), model: folder.model(), threads: settings.threads, labels: configuration.labels.count)
    self.settings = settings
    width = max(1, min(settings.width, configuration.longest - 2))
  }

  /// The identifiers that the model sees in stretches of a text, in order; each covers whole words.
  ///
  /// `text` is valid UTF-8, `stretches` are in order, apart from each other and cut between words.
  package func findings(in text: [UInt8], of stretches: [Range<Int>]) throws(TransformerError) -> [Finding] {
    var findings: [Finding] = []
    for (_, mentions) in try mentions(in: text, of: stretches) {
      for mention in mentions {
        guard let identifier = labels.meanings[mention.kind] else { continue }
        let range = mention.words
        if let last = findings.last, continues(last, identifier, range, in: text) {
          findings[findings.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, range.upperBound)
          continue
        }
        let percent = UInt8(min(99, max(0, mention.probability * 100)))
        findings.append(Finding(identifier, at: range, confidence: Confidence(percent: percent), by: "transformer"))
      }
    }
    return findings
  }

  /// Whether a finding is part of the last one: in the same word, or of the same kind one space after.
  private func continues(_ last: Finding, _ identifier: Identifier, _ range: Range<Int>, in text: [UInt8]) -> Bool {
    range.lowerBound < last.range.upperBound
      || last.identifier == identifier
        && (range.lowerBound == last.range.upperBound
          || range.lowerBound == last.range.upperBound + 1 && text[last.range.upperBound] == 0x20)
  }

  /// The mentions that the model sees in each stretch, just as it cuts them.
  package func mentions(
    in text: [UInt8], of stretches: [Range<Int>]
  ) throws(TransformerError) -> [(stretch: Range<Int>, mentions: [Mention])] {
    var rows: [Row] = []
    let tokens = stretches.map { tokenizer.tokens(of: text[$0]) }
    for (stretch, tokens) in tokens.enumerated() {
      for window in Window.windows(over: tokens, width: width, overlap: max(0, min(settings.overlap, width / 2))) {
        rows.append(Row(stretch: stretch, window: window))
      }
    }
    var verdicts = tokens.map { tokens in
      [LabelTable.Verdict](
        repeating: LabelTable.Verdict(kind: nil, place: .inside, probability: 1), count: tokens.count)
    }
    rows.sort { ($0.window.read.count, $0.stretch) < ($1.window.read.count, $1.stretch) }
    var start = 0
    while start < rows.count {
      var end = start + 1
      while end < rows.count, end - start < Transformer.rowsAtOnce,
        (end - start + 1) * rows[end].window.read.count <= Transformer.tokensAtOnce
      { end += 1 }
      try read(rows[start..<end], tokens, into: &verdicts)
      start = end
    }
    return zip(stretches, zip(tokens, verdicts)).map { stretch, judged in
      (stretch, labels.mentions(judged.0, judged.1, in: text, threshold: settings.threshold))
    }
  }

  private static let rowsAtOnce = 8
  private static let tokensAtOnce = 2_048

  private struct Row {
    var stretch: Int
    var window: Window
  }

  private func read(
    _ rows: ArraySlice<Row>, _ tokens: [[Token]], into verdicts: inout [[LabelTable.Verdict]]
  ) throws(TransformerError) {
    let width = rows.reduce(0) { max($0, $1.window.read.count) } + 2
    var ids: [Int64] = []
    var attention: [Int64] = []
    for row in rows {
      let read = tokens[row.stretch][row.window.read]
      ids.append(Int64(tokenizer.first))
      ids.append(contentsOf: read.lazy.map { Int64($0.id) })
      ids.append(Int64(tokenizer.last))
      let filling = width - read.count - 2
      attention.append(contentsOf: repeatElement(1, count: read.count + 2))
      ids.append(contentsOf: repeatElement(Int64(tokenizer.padding), count: filling))
      attention.append(contentsOf: repeatElement(0, count: filling))
    }
    let scores = try session.scores(tokens: ids, attention: attention, width: width)
    for (index, row) in rows.enumerated() {
      for token in row.window.answered {
        let start = (index * width + 1 + token - row.window.read.lowerBound) * session.labels
        guard let verdict = labels.verdict(scores[start..<start + session.labels]) else {
          throw TransformerError(.meaninglessAnswer)
        }
        verdicts[row.stretch][token] = verdict
      }
    }
  }
}
