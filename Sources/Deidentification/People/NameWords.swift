/// The words around names that are not names: titles, generations, credentials, particles, kin.
enum NameWords {
  static func hash(_ word: some Sequence<UInt8>) -> UInt64 {
    word.reduce(seed) { adding($1 | 0x20, to: $0) }
  }

  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  enum Meaning: Sendable {
    case title
    case titleOf(PersonName.Sex)
    case generation
    case credential
    case particle
    case kin
    case newborn
  }

  static func meaning(of hash: UInt64) -> Meaning? { meanings[hash] }

  private static let meanings: [UInt64: Meaning] = {
    var meanings: [UInt64: Meaning] = [:]
    func add(_ meaning: Meaning, _ words: String) {
      for word in words.split(separator: " ") { meanings[hash(word.utf8)] = meaning }
    }
    add(.title, "dr doctor prof professor rev reverend father fr nurse pt patient mx hon judge officer chaplain")
    add(.titleOf(.female), "ms mrs miss sister sra srta madam lady")
    add(.titleOf(.male), "mr mister sir brother")
    add(.generation, "jr sr ii iii iv junior senior")
    add(
      .credential,
      "md do rn np pa phd dds dmd dpm lcsw msw lpn cna rph pharmd crna cnm aprn fnp bsn msn mph facs esq dnp pt ot slp rt"
    )
    add(.particle, "de la del da dos das di du van von der den ter bin bint ibn al el le st san santa")
    add(
      .kin,
      "mother father mom dad son daughter wife husband spouse partner aunt uncle cousin niece nephew grandmother "
        + "grandfather grandma grandpa grandson granddaughter grandchild stepmother stepfather stepson stepdaughter "
        + "fiance fiancee boyfriend girlfriend twin sibling guardian")
    add(.newborn, "baby boy girl newborn infant bb bg neonate")
    return meanings
  }()
}
