import ArgumentParser

/// `cordon compute`: sums, counts, scores and lookups by someone who cannot read the numbers.
struct ComputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute", abstract: "Compute with encrypted numbers, without the key that decrypts them.",
    discussion: """
      One party makes keys and keeps the secret one. Contributors encrypt columns of CSV files with the public key.
      Whoever has the evaluation key sums, counts, scores and looks up, and learns nothing but how many rows there are.
      The result goes to the party with the secret key, who learns the result and nothing else of the inputs.
      """,
    subcommands: [
      ComputeKeysCommand.self, ComputeEncryptCommand.self, ComputeSumCommand.self, ComputeCountCommand.self,
      ComputeScoreCommand.self, ComputeQueryCommand.self, ComputeLookupCommand.self, ComputeDecryptCommand.self,
      ComputeShowCommand.self,
    ])
}
