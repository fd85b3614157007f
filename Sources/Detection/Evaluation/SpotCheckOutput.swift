/// A de-identified output that a spot check may draw: where it lies, never what it says.
package struct SpotCheckOutput: Sendable, Hashable {
  /// What the output is called; no two in one check are called the same.
  package let id: String
  /// The class that it is drawn and counted in.
  package let stratum: String
  /// The file that holds it.
  package let source: String
  /// Where it lies in the file, in bytes.
  package let range: Range<Int>
  /// How many bytes its text has; leaks are ranges of these.
  package let length: Int

  /// An output.
  package init(id: String, stratum: String, source: String, range: Range<Int>, length: Int) {
    self.id = id
    self.stratum = stratum
    self.source = source
    self.range = range
    self.length = length
  }
}
