import ArgumentParser
import Deidentification
import PHI

/// What is done otherwise than the profile does it.
struct DeidMethodOptions: ParsableArguments {
  @Option(
    name: .customLong("method"),
    help: """
      KIND=METHOD, more than once: a label such as NAME or ZIP, or `all`; redact, keep, year, month, age-90+, \
      age-band-5, zip3, mask-full, mask-fixed, mask-format, mask-last4, random-token, token, ff1, shift, shift-weeks or surrogate.
      """)
  var methods: [DeidMethodChoice] = []

  @Option(help: "KIND=STYLE, more than once: full, fixed, format or last4, as in ssn=last4.")
  var mask: [DeidMaskChoice] = []

  @Flag(help: "Move dates by a number of days that is the patient's own.")
  var dateShift = false

  @Flag(help: "Move dates by whole weeks, so that they keep the day of the week.")
  var keepWeekdays = false

  @Flag(help: "Put invented values in the place of all that the profile does not keep.")
  var surrogates = false

  func validate() throws {
    if keepWeekdays, !dateShift { throw ValidationError("`--keep-weekdays` is for `--date-shift`") }
  }

  /// Whether anything is to be done otherwise.
  private var changesAnything: Bool { !methods.isEmpty || !mask.isEmpty || dateShift || surrogates }

  /// `profile` with the changes, from the widest to the narrowest.
  func apply(to profile: Profile, keys: ProfileKeys) throws -> Profile {
    if profile.name == .expert, changesAnything {
      throw UsageFailure(
        "refused: a determination holds for its own methods (45 CFR 164.514(b)(1))",
        help: "leave `--method`, `--mask`, `--date-shift` and `--surrogates` out, or have another plan determined")
    }
    var changed = profile
    if surrogates {
      let replaced = IdentifierSet(Identifier.allCases.filter { profile.method(for: $0) != .keep })
      changed = try changed.applying(.surrogate, to: replaced, keys: keys).accepted()
    }
    if dateShift {
      changed = try changed.applying(.shift(keepsWeekdays: keepWeekdays), to: IdentifierSet([.date]), keys: keys)
        .accepted()
    }
    for choice in methods {
      changed = try changed.applying(choice.method, to: choice.kinds, keys: keys)
        .accepted()
    }
    for choice in mask { changed = try changed.masking(choice.kinds, with: Mask(choice.style)).accepted() }
    return changed
  }
}

/// A method for some kinds, as `NAME=token`.
struct DeidMethodChoice: ExpressibleByArgument {
  let kinds: IdentifierSet
  let method: Deidentification.Method

  init?(argument: String) {
    guard let (kinds, word) = IdentifierSet.choice(argument), let method = Method(word) else { return nil }
    self.kinds = kinds
    self.method = method
  }
}

/// A mask for some kinds, as `ssn=last4`.
struct DeidMaskChoice: ExpressibleByArgument {
  let kinds: IdentifierSet
  let style: Mask.Style

  init?(argument: String) {
    guard let (kinds, word) = IdentifierSet.choice(argument), let style = Mask.Style(rawValue: word) else { return nil }
    self.kinds = kinds
    self.style = style
  }
}

extension IdentifierSet {
  /// The kinds before the equals sign of `argument`, separated by commas, and the word after it.
  fileprivate static func choice(_ argument: String) -> (kinds: IdentifierSet, word: String)? {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    if parts[0].lowercased() == "all" { return (.all, String(parts[1])) }
    var kinds: IdentifierSet = []
    for label in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
      guard let identifier = Identifier(label: String(label)) else { return nil }
      kinds.insert(identifier)
    }
    return (kinds, String(parts[1]))
  }
}
