package import PHI

/// What the labels of a model mean.
///
/// A label is a kind, such as `GIVEN_NAME`, with or without its place in a mention before it: `B-` begins one, `I-` goes
/// on, `E-` or `L-` ends one, `S-` or `U-` is one by itself. `O` is outside.
package struct LabelTable: Sendable {
  /// A label's place in a mention.
  package enum Place: Sendable { case begin, inside, end, single }

  /// The kinds of the model, in the order they are first named.
  package private(set) var kinds: [String] = []
  /// What each kind is; nil where it is nothing that Safe Harbor removes.
  package private(set) var meanings: [Identifier?] = []
  /// The kind of each label, as an index; nil outside.
  private(set) var kindOfLabel: [Int?] = []
  private(set) var placeOfLabel: [Place] = []

  /// The table of these labels, by their number.
  ///
  /// `meanings` says what labels or kinds mean where Cordon's own table does not, or says otherwise: a kind of identifier
  /// by its label, or nil for nothing that is to be removed.
  package init(_ labels: [String], meanings own: [String: String?] = [:]) throws(TransformerError) {
    var unknown: [String] = []
    for label in labels {
      if label == "O" {
        kindOfLabel.append(nil)
        placeOfLabel.append(.inside)
        continue
      }
      let (place, kind) = LabelTable.cut(label)
      placeOfLabel.append(place)
      if let index = kinds.firstIndex(of: kind) {
        kindOfLabel.append(index)
        continue
      }
      kindOfLabel.append(kinds.count)
      kinds.append(kind)
      if let name = own[label] ?? own[kind] {
        guard let name else {
          self.meanings.append(nil)
          continue
        }
        guard let identifier = Identifier(label: name) else { throw TransformerError(.unknownIdentifier, name) }
        self.meanings.append(identifier)
      } else if let known = LabelTable.known(kind) {
        self.meanings.append(known.identifier)
      } else {
        unknown.append(kind)
        self.meanings.append(nil)
      }
    }
    guard unknown.isEmpty else { throw TransformerError(.unknownLabels, unknown.joined(separator: ", ")) }
    guard labels.contains("O"), !kinds.isEmpty else {
      throw TransformerError(.malformed, "`id2label`: a label `O` and others")
    }
  }

  private static func cut(_ label: String) -> (Place, String) {
    guard label.utf8.count > 2, label.utf8.dropFirst().first == 0x2D || label.utf8.dropFirst().first == 0x5F else {
      return (.inside, label)
    }
    let kind = String(label.dropFirst(2))
    switch label.first {
    case "B": return (.begin, kind)
    case "I": return (.inside, kind)
    case "E", "L": return (.end, kind)
    case "S", "U": return (.single, kind)
    default: return (.inside, label)
    }
  }
}
