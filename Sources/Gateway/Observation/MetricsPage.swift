/// A page in the Prometheus text exposition format, version 0.0.4.
struct MetricsPage {
  private(set) var text = ""

  enum Kind: String { case counter, gauge, histogram }

  /// Adds a family of samples with its help and type.
  mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: (inout Family) -> Void) {
    var family = Family(name: name)
    samples(&family)
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n\(family.text)"
  }

  /// The samples of one family.
  struct Family {
    let name: String
    private(set) var text = ""

    init(name: String) { self.name = name }

    /// Adds a sample; label values come from closed sets and need no escapes.
    mutating func sample(_ labels: [(name: String, value: String)], _ value: Int) {
      text += "\(name)\(Self.braced(labels)) \(value)\n"
    }

    /// Adds a sample that is no whole number.
    mutating func sample(_ labels: [(name: String, value: String)], ratio value: Double) {
      text += "\(name)\(Self.braced(labels)) \((value * 1e6).rounded() / 1e6)\n"
    }

    mutating func histogram(_ histogram: DurationHistogram) {
      var cumulative = 0
      for (bound, count) in zip(DurationHistogram.bounds.map { "\(Double($0) / 1e6)" } + ["+Inf"], histogram.counts) {
        cumulative += count
        text += "\(name)_bucket\(Self.braced([("le", bound)])) \(cumulative)\n"
      }
      text += "\(name)_sum \(Double(histogram.sum) / 1e6)\n\(name)_count \(cumulative)\n"
    }

    private static func braced(_ labels: [(name: String, value: String)]) -> String {
      labels.isEmpty ? "" : "{" + labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",") + "}"
    }
  }
}
