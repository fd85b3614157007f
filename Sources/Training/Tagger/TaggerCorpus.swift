package import Detection

/// Labelled documents dealt into those that a tagger learns from and those it is tried on.
///
/// Documents of one genre, or else those whose ids share what stands before the last `/`, come from one template and
/// stay together: otherwise the held-out ones would only ask what was learnt by heart.
package struct TaggerCorpus: Sendable {
  /// What is learnt from.
  package private(set) var training: [TaggerExample] = []
  /// What is held out.
  package private(set) var heldOut: [TaggerExample] = []

  /// Deals `documents`, read after the rules of `scanner`, so that `share` of their groups are held out.
  package init(_ documents: [GoldDocument], scanner: Scanner, holdingOut share: Double) async {
    let examples = await TaggerCorpus.examples(of: documents, scanner: scanner)
    for (document, example) in zip(documents, examples) {
      if TaggerCorpus.isHeldOut(document, share) { heldOut.append(example) } else { training.append(example) }
    }
  }

  /// The first part of the training documents, as large as `share` of them.
  package func trainingPart(_ share: Double) -> [TaggerExample] {
    let count = Int((Double(training.count) * share).rounded(.up))
    let step = max(1, training.count / max(count, 1))
    return stride(from: 0, to: training.count, by: step).prefix(count).map { training[$0] }
  }

  private static func examples(of documents: [GoldDocument], scanner: Scanner) async -> [TaggerExample] {
    let size = 256
    return await withTaskGroup(of: (Int, [TaggerExample]).self) { group in
      for start in stride(from: 0, to: documents.count, by: size) {
        let part = documents[start..<min(start + size, documents.count)]
        group.addTask { (start, part.map { TaggerExample($0, scanner: scanner) }) }
      }
      var parts: [(Int, [TaggerExample])] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  /// Whether the group of a document is one of the share held out: by its hash, so that it is the same in every run.
  private static func isHeldOut(_ document: GoldDocument, _ share: Double) -> Bool {
    let bytes = Array((document.genre ?? document.id).utf8)
    let end = document.genre == nil ? bytes.lastIndex(of: 0x2F) ?? bytes.count : bytes.count
    let hash = WordHash.of(bytes[..<end]) &* 0x9E37_79B9_7F4A_7C15
    return Double(hash >> 11) / Double(1 << 53) < share
  }
}
