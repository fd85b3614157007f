extension Scanner {
  /// The same scanner, which asks that reader too; without a tagger it is unsure of nothing.
  package func asking(_ secondOpinion: SecondOpinion?) -> Scanner {
    var scanner = self
    scanner.secondOpinion = secondOpinion
    return scanner
  }
}
