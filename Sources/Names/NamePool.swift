import Bytes
import EmbeddedNames

/// Given names and surnames that people have, by origin and sex, the most frequent of each first.
package struct NamePool: Sendable {
  /// Where a name comes from, as a reader would guess.
  package enum Origin: String, CaseIterable, Sendable {
    case english
    case africanAmerican = "african-american"
    case caribbean
    case hispanic
    case portuguese
    case french
    case italian
    case german
    case dutch
    case nordic
    case slavic
    case balkan
    case baltic
    case greek
    case turkish
    case armenian
    case hebrew
    case arabic
    case persian
    case southAsian = "south-asian"
    case chinese
    case korean
    case japanese
    case vietnamese
    case southeastAsian = "southeast-asian"
    case filipino
    case african
    case pacific
    case nativeAmerican = "native-american"
  }

  /// The sex that a given name tells of.
  package enum Sex: String, CaseIterable, Sendable { case female, male }

  /// The pools in the executable.
  package static let embedded = NamePool(
    parsing: unsafe StaticBytes(unsafe: cordon_names_start(), count: cordon_names_size))

  private var pools: [Part: [String]] = [:]
  private var surnameOrigins: [String: Likeliest] = [:]
  private var givenOrigins: [String: Likeliest] = [:]

  /// The given names of an origin and sex, the most frequent first.
  package func givenNames(_ origin: Origin, _ sex: Sex) -> [String] { pools[Part(origin, sex)] ?? [] }

  /// The surnames of an origin, the most frequent first.
  package func surnames(_ origin: Origin) -> [String] { pools[Part(origin, nil)] ?? [] }

  /// A given name at random, a frequent one more often.
  package func given(_ origin: Origin, _ sex: Sex, using generator: inout some RandomNumberGenerator) -> String {
    NamePool.pick(givenNames(origin, sex), using: &generator)
  }

  /// A surname at random, a frequent one more often.
  package func surname(_ origin: Origin, using generator: inout some RandomNumberGenerator) -> String {
    NamePool.pick(surnames(origin), using: &generator)
  }

  /// The origin that a surname most likely has, whatever its case and accents; nil when it is in no pool.
  package func origin(ofSurname name: String) -> Origin? {
    surnameOrigins[Accents.folded(name)]?.part.origin
  }

  /// The origin and sex that a given name most likely has, whatever its case and accents; nil when it is in no pool.
  package func originAndSex(ofGiven name: String) -> (origin: Origin, sex: Sex)? {
    guard let part = givenOrigins[Accents.folded(name)]?.part, let sex = part.sex else { return nil }
    return (part.origin, sex)
  }
}

extension NamePool {
  /// One list of the file: the given names of a sex, or the surnames.
  private struct Part: Hashable, Sendable {
    let origin: Origin
    let sex: Sex?

    init(_ origin: Origin, _ sex: Sex?) { (self.origin, self.sex) = (origin, sex) }
  }

  /// The pool in which a name stands nearest to the front.
  private struct Likeliest: Sendable {
    let part: Part
    let rank: Int
  }

  /// Reads what `Scripts/build-names` wrote.
  private init(parsing bytes: StaticBytes) {
    var part: Part?
    var names: [String] = []
    var line: [UInt8] = []
    for offset in 0..<bytes.count {
      guard bytes[offset] == 0x0A else {
        line.append(bytes[offset])
        continue
      }
      if line.first == 0x5B {
        if let part { pools[part] = names }
        part = NamePool.part(heading: String(decoding: line.dropFirst().dropLast(), as: UTF8.self))
        names = []
      } else {
        names.append(String(decoding: line, as: UTF8.self))
      }
      line = []
    }
    if let part { pools[part] = names }
    for origin in Origin.allCases {
      remember(Part(origin, nil), in: &surnameOrigins)
      for sex in Sex.allCases { remember(Part(origin, sex), in: &givenOrigins) }
    }
  }

  private func remember(_ part: Part, in origins: inout [String: Likeliest]) {
    let names = pools[part] ?? []
    precondition(!names.isEmpty, "every origin has given names of both sexes and surnames")
    for (rank, name) in names.enumerated() {
      let folded = Accents.folded(name)
      if let other = origins[folded], other.rank <= rank { continue }
      origins[folded] = Likeliest(part: part, rank: rank)
    }
  }

  private static func part(heading: String) -> Part {
    let words = heading.split(separator: " ")
    guard words.count == 2, let origin = Origin(rawValue: String(words[0])) else {
      preconditionFailure("a heading names an origin and a part")
    }
    return Part(origin, Sex(rawValue: String(words[1])))
  }

  private static func pick(_ names: [String], using generator: inout some RandomNumberGenerator) -> String {
    let first = Int.random(in: 0..<names.count, using: &generator)
    let second = Int.random(in: 0..<names.count, using: &generator)
    return names[min(first, second)]
  }
}
