/// Reads claims of ASC X12: what an element holds is known from its segment, its position and its qualifiers.
struct ClaimFields {
  let page: Page
  private(set) var values: [FieldValue] = []

  init(_ page: Page) { self.page = page }

  mutating func read() {
    guard page.words.contains(where: { $0.isMark(0x7E) }) else { return }
    var next = 0
    while next < page.words.count {
      guard page[next].kind != .mark, page.isMark(next + 1, 0x2A), ClaimFields.names.contains(page[next].hash) else {
        next += 1
        continue
      }
      let segment = CellLine(page, from: next, delimiter: 0x2A, end: 0x7E)
      read(segment, page[next].hash)
      next = segment.next + 1
    }
  }

  private mutating func read(_ segment: CellLine, _ name: UInt64) {
    switch name {
    case ClaimFields.isa:
      append(.date, segment, 9)
      append(.other, segment, 13)
    case ClaimFields.gs:
      append(.date, segment, 4)
      append(.other, segment, 6)
    case ClaimFields.bht:
      append(.other, segment, 3)
      append(.date, segment, 4)
    case ClaimFields.n3:
      append(.street, segment, 1)
      append(.street, segment, 2)
    case ClaimFields.n4:
      append(.city, segment, 1)
      append(.zipCode, segment, 3)
    case ClaimFields.dmg: append(.birthDate, segment, 2)
    case ClaimFields.dtp, ClaimFields.dtm: append(.date, segment, name == ClaimFields.dtp ? 3 : 2)
    case ClaimFields.clm, ClaimFields.clp: append(.account, segment, 1)
    case ClaimFields.sbr: append(.healthPlan, segment, 3)
    case ClaimFields.trn: append(.other, segment, 2)
    case ClaimFields.ref: append(reference(qualifier(segment, 1)), segment, 2)
    case ClaimFields.nm1: readName(segment)
    case ClaimFields.per:
      append(.personName, segment, 2)
      for position in [3, 5, 7] {
        switch qualifier(segment, position) {
        case "TE", "EX", "CP", "HP", "WP": append(.phone, segment, position + 1)
        case "FX": append(.fax, segment, position + 1)
        default: break
        }
      }
    default: break
    }
  }

  private mutating func readName(_ segment: CellLine) {
    guard segment.cells.count > 3, qualifier(segment, 1) != "PR", qualifier(segment, 1) != "40" else { return }
    if qualifier(segment, 2) == "1" {
      let role: Field =
        ["82", "77", "DN", "71", "72", "P3", "DK"].contains(qualifier(segment, 1)) ? .clinicianName : .personName
      // Last, first, middle and suffix stand in elements of their own; together they are one name.
      let parts = [3, 4, 5, 7].compactMap { $0 < segment.cells.count ? segment.cells[$0] : nil }
      if let first = parts.first?.first, let last = parts.last?.last {
        values.append(FieldValue(role, from: first, through: last, bound: .layout))
      }
    } else {
      append(.facility, segment, 3)
    }
    let kind = qualifier(segment, 8)
    if kind == "46" || kind == "PI" { return }
    append(
      kind == "XX" ? .license : kind == "MI" || kind == "II" ? .healthPlan : kind == "34" ? .socialSecurity : .other,
      segment, 9)
  }

  private func reference(_ qualifier: String) -> Field {
    switch qualifier {
    case "EA": .medicalRecord
    case "SY": .socialSecurity
    case "0B", "1C", "1D", "1G", "LU", "X4": .license
    case "1L", "6P", "IG", "1W", "0F", "1H": .healthPlan
    default: .other
    }
  }

  private func qualifier(_ segment: CellLine, _ position: Int) -> String {
    guard position < segment.cells.count, let cell = segment.cells[position] else { return "" }
    return String(decoding: page.bytes[page.words[cell.first].range], as: UTF8.self)
  }

  private mutating func append(_ field: Field, _ segment: CellLine, _ position: Int) {
    guard position < segment.cells.count, let cell = segment.cells[position] else { return }
    if field.isNumber || field == .phone || field == .fax || field == .date,
      page.digits(from: cell.first, through: cell.last) < 2
    {
      return
    }
    values.append(FieldValue(field, from: cell.first, through: cell.last, bound: .layout))
  }

  private static let isa = WordHash.of("isa")
  private static let gs = WordHash.of("gs")
  private static let bht = WordHash.of("bht")
  private static let n3 = WordHash.of("n3")
  private static let n4 = WordHash.of("n4")
  private static let dmg = WordHash.of("dmg")
  private static let dtp = WordHash.of("dtp")
  private static let dtm = WordHash.of("dtm")
  private static let clm = WordHash.of("clm")
  private static let clp = WordHash.of("clp")
  private static let sbr = WordHash.of("sbr")
  private static let trn = WordHash.of("trn")
  private static let ref = WordHash.of("ref")
  private static let nm1 = WordHash.of("nm1")
  private static let per = WordHash.of("per")
  private static let names: WordSet = [isa, gs, bht, n3, n4, dmg, dtp, dtm, clm, clp, sbr, trn, ref, nm1, per]
}
