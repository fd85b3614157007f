package import PHI

/// What every threshold of confidence would leak and damage, counted in one pass over a corpus.
package struct LeakCurve: Sendable {
  /// What detection does when findings below a threshold are dropped.
  package struct Point: Sendable, Hashable {
    /// The least confidence that is kept, in percent.
    package let threshold: UInt8
    /// The share of marked letters and digits that are found.
    package let recall: Double
    /// The share of found letters and digits that are marked.
    package let precision: Double
    /// Findings that touch nothing marked, for 10,000 letters and digits.
    package let flagsPerTenThousand: Double
    /// The share of documents with identifiers in which nothing leaks.
    package let cleanShare: Double
    /// The share of documents without identifiers in which something is flagged.
    package let damagedShare: Double

    /// The share of marked letters and digits that are not found.
    package var leakRate: Double { 1 - recall }
  }

  private var marked = 0
  private var characters = 0
  /// By the confidence of what covers or flags them: marked characters, found characters, false findings.
  private var hit = [Int](repeating: 0, count: 101)
  private var found = [Int](repeating: 0, count: 101)
  private var flags = [Int](repeating: 0, count: 101)
  /// Documents by the highest threshold that leaves them clean, and by the highest that leaves them damaged.
  private var clean = [Int](repeating: 0, count: 101)
  private var damaged = [Int](repeating: 0, count: 101)
  private var documentsWithIdentifiers = 0
  private var documentsWithout = 0

  /// The curve of no documents.
  package init() {}

  /// Whether any document holds an identifier; without, no threshold leaks.
  package var hasIdentifiers: Bool { marked > 0 }

  /// Counts a document and what was found in it, as ranges of the UTF-8 bytes of its text.
  package mutating func count(_ findings: [Finding], in document: GoldDocument) {
    let sheet = ScoreSheet(document, findings)
    characters += sheet.letters.lazy.filter { $0 }.count
    var surest: UInt8 = 100
    var isLeaking = false
    sheet.forEachPlace { place in
      if place.isFound { found[Int(place.percent)] += 1 }
      guard place.isMarked else { return }
      marked += 1
      if place.isFound {
        hit[Int(place.percent)] += 1
        surest = min(surest, place.percent)
      } else {
        isLeaking = true
      }
    }
    let wrong = sheet.judged().filter(\.isFalse).map { Int($0.finding.confidence.percent) }
    for percent in wrong { flags[percent] += 1 }
    if document.spans.allSatisfy(\.isSoft) {
      documentsWithout += 1
      if let worst = wrong.max() { damaged[worst] += 1 }
    } else {
      documentsWithIdentifiers += 1
      if !isLeaking { clean[Int(surest)] += 1 }
    }
  }

  /// What keeping only findings of at least `threshold` percent would do.
  package func point(at threshold: UInt8) -> Point {
    func atLeast(_ counts: [Int]) -> Int { counts[Int(threshold)...].reduce(0, +) }
    func share(_ part: Int, of whole: Int, orElse other: Double) -> Double {
      whole == 0 ? other : Double(part) / Double(whole)
    }
    let hits = atLeast(hit)
    return Point(
      threshold: threshold, recall: share(hits, of: marked, orElse: 1),
      precision: share(hits, of: atLeast(found), orElse: 1),
      flagsPerTenThousand: share(atLeast(flags) * 10_000, of: characters, orElse: 0),
      cleanShare: share(atLeast(clean), of: documentsWithIdentifiers, orElse: 1),
      damagedShare: share(atLeast(damaged), of: documentsWithout, orElse: 0))
  }

  /// A point for each threshold that makes a difference, from 0 up.
  package var points: [Point] {
    let present = (UInt8(1)...100).filter { found[Int($0)] > 0 || flags[Int($0)] > 0 }
    // The lowest confidence present does what 0 does.
    return ([0] + present.dropFirst()).map(point)
  }

  /// The point with the highest threshold that leaks at most `leakRate`; nil when even the lowest leaks more.
  package func point(forLeakRate leakRate: Double) -> Point? { points.last { $0.leakRate <= leakRate } }
}
