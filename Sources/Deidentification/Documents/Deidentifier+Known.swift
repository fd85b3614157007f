package import Detection

extension Deidentifier {
  /// The same de-identifier for texts about people of whom something is known.
  package func knowing(_ known: KnownIdentifiers) -> Deidentifier {
    Deidentifier(profile, scanner: scanner.knowing(known))
  }
}
