/// How many people live in each area of the ZIP codes that share three digits, by one census.
package struct ZipPrefixTable: Hashable, Sendable {
  /// The name of the table in reports.
  package let name: String
  /// The year of the census.
  package let year: Int
  /// The SHA-256 of the file that the table was made from, in hexadecimal.
  package let sha256: String
  private let populations: [UInt32]

  init(name: String, year: Int, sha256: String, populations: [UInt32]) {
    precondition(populations.count == 1000, "there are a thousand prefixes")
    self.name = name
    self.year = year
    self.sha256 = sha256
    self.populations = populations
  }

  /// How many people live where ZIP codes begin with `prefix`, from 0 to 999; none where no code begins so.
  package func population(ofPrefix prefix: Int) -> Int {
    populations.indices.contains(prefix) ? Int(populations[prefix]) : 0
  }
}
