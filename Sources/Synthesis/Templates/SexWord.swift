import Names

/// Words beside a name that say the sex of its bearer: `wife {first:kin1}`, `{full:kin2} (son)`.
enum SexWord {
  private static let female: Set<String> = [
    "wife", "mother", "mom", "mum", "mama", "daughter", "sister", "sis", "aunt", "auntie", "niece", "grandmother",
    "grandma", "granddaughter", "girlfriend", "mrs", "ms", "miss", "stepmother", "stepdaughter", "mother-in-law",
    "sister-in-law", "daughter-in-law", "girl", "widow", "fiancée", "nana", "abuela", "madre", "hija", "ex-wife",
    "goddaughter", "stepmom", "sra", "señora", "frau", "mme", "woman", "half-sister", "twin-sister", "maternal-aunt",
  ]
  private static let male: Set<String> = [
    "husband", "father", "dad", "papa", "son", "brother", "bro", "uncle", "nephew", "grandfather", "grandpa",
    "grandson", "boyfriend", "mr", "stepson", "stepfather", "father-in-law", "brother-in-law", "son-in-law", "boy",
    "widower", "fiancé", "abuelo", "padre", "hijo", "ex-husband", "godson", "stepdad", "sr", "señor", "herr", "man",
    "half-brother",
  ]

  /// The sex that the text just before or just after a name tells of.
  static func sex(before: ArraySlice<Unicode.Scalar>, after: ArraySlice<Unicode.Scalar>) -> NamePool.Sex? {
    let last = string(before).split { " \n".contains($0) }.last.map(String.init) ?? ""
    let isBeside = before.last == " " || before.last == "\n" || before.last == "\t"
    if isBeside, let sex = sex(of: last) { return sex }
    let next = string(after)
    guard next.hasPrefix(" (") || next.hasPrefix("(") else { return nil }
    return next.split { " (),;:\n".contains($0) }.first.flatMap { sex(of: String($0)) }
  }

  private static func sex(of word: String) -> NamePool.Sex? {
    var word = word.lowercased()
    while let last = word.last, ".,:".contains(last) { word.removeLast() }
    while let first = word.first, "(\"'".contains(first) { word.removeFirst() }
    return female.contains(word) ? .female : male.contains(word) ? .male : nil
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
