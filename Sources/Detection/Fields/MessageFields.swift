/// Reads messages of HL7 version 2: what a field holds is known from its segment and position.
struct MessageFields {
  let page: Page
  private(set) var values: [FieldValue] = []

  init(_ page: Page) { self.page = page }

  mutating func read() {
    for line in page.lines {
      let first = Int(line)
      guard page[first].length == 3, page.isMark(first + 1, 0x7C), page[first].shape.contains(.allCapitals),
        let layout = MessageFields.segments[page[first].hash]
      else { continue }
      let segment = CellLine(page, from: first, delimiter: 0x7C)
      // The first separator of a header is its first field.
      let offset = page[first].hash == MessageFields.header ? 1 : 0
      for (position, form) in layout where position - offset < segment.cells.count {
        guard let cell = segment.cells[position - offset] else { continue }
        read(cell.first, cell.last, form)
      }
    }
  }

  /// How a field is put together.
  enum Form {
    case whole(Field)
    case identifier(Field)
    case person(Field)
    case provider
    case address
  }

  private mutating func read(_ first: Int, _ last: Int, _ form: Form) {
    for repetition in parts(first, last, 0x7E) {
      guard let repetition else { continue }
      let components = parts(repetition.0, repetition.1, 0x5E)
      switch form {
      case .whole(let field): append(field, repetition)
      case .identifier(let field): append(field, components[0])
      case .person(let field): append(field, repetition)
      case .provider:
        append(.license, components[0])
        if let start = components.dropFirst().compactMap({ $0 }).first?.0,
          let end = components.dropFirst().prefix(5).compactMap({ $0 }).last?.1
        {
          append(.clinicianName, (start, end))
        }
      case .address:
        for (index, field) in [(0, Field.street), (1, .street), (2, .city), (4, .zipCode), (8, .county)]
        where index < components.count {
          append(field, components[index])
        }
      }
    }
  }

  private mutating func append(_ field: Field, _ words: (Int, Int)?) {
    guard let (first, last) = words else { return }
    if field.isNumber || field == .phone || field == .date, page.digits(from: first, through: last) < 2 { return }
    values.append(FieldValue(field, from: first, through: last, bound: .layout))
  }

  private func parts(_ first: Int, _ last: Int, _ delimiter: UInt8) -> [(Int, Int)?] {
    var parts: [(Int, Int)?] = []
    var start = first
    for index in first...last + 1 where index == last + 1 || page.isMark(index, delimiter) {
      parts.append(start < index ? (start, index - 1) : nil)
      start = index + 1
    }
    return parts
  }

  private static let header = WordHash.of("msh")
  private static let segments: [UInt64: [(Int, Form)]] = {
    var segments: [UInt64: [(Int, Form)]] = [:]
    func add(_ name: StaticString, _ fields: [(Int, Form)]) { segments[WordHash.of(name)] = fields }
    add("msh", [(4, .whole(.facility)), (6, .whole(.facility)), (7, .whole(.date)), (10, .identifier(.other))])
    add("evn", [(2, .whole(.date)), (5, .provider), (6, .whole(.date))])
    add(
      "pid",
      [
        (2, .identifier(.medicalRecord)), (3, .identifier(.medicalRecord)), (4, .identifier(.medicalRecord)),
        (5, .person(.personName)), (6, .person(.personName)), (7, .whole(.birthDate)), (9, .person(.personName)),
        (11, .address),
        (12, .whole(.county)), (13, .identifier(.phone)), (14, .identifier(.phone)), (18, .identifier(.account)),
        (19, .identifier(.socialSecurity)), (20, .identifier(.license)), (29, .whole(.date)),
      ])
    add("pd1", [(3, .whole(.facility)), (4, .provider)])
    add("nk1", [(2, .person(.personName)), (4, .address), (5, .identifier(.phone)), (6, .identifier(.phone))])
    add(
      "pv1",
      [
        (7, .provider), (8, .provider), (9, .provider), (17, .provider), (19, .identifier(.account)),
        (44, .whole(.date)),
        (45, .whole(.date)), (50, .identifier(.other)),
      ])
    add(
      "orc",
      [
        (2, .identifier(.other)), (3, .identifier(.other)), (4, .identifier(.other)), (9, .whole(.date)),
        (10, .provider), (12, .provider),
      ])
    add(
      "obr",
      [
        (2, .identifier(.other)), (3, .identifier(.other)), (6, .whole(.date)), (7, .whole(.date)), (8, .whole(.date)),
        (14, .whole(.date)),
        (16, .provider), (18, .identifier(.other)), (22, .whole(.date)), (28, .provider),
      ])
    add("obx", [(14, .whole(.date)), (16, .provider), (19, .whole(.date))])
    add("spm", [(2, .identifier(.other)), (17, .whole(.date)), (18, .whole(.date))])
    add("txa", [(4, .whole(.date)), (5, .provider), (12, .identifier(.other))])
    add("mrg", [(1, .identifier(.medicalRecord)), (3, .identifier(.account)), (7, .person(.personName))])
    add("msa", [(2, .identifier(.other))])
    add(
      "gt1",
      [
        (2, .identifier(.account)), (3, .person(.personName)), (5, .address), (6, .identifier(.phone)),
        (8, .whole(.date)), (12, .identifier(.socialSecurity)),
      ])
    add(
      "in1",
      [
        (2, .identifier(.healthPlan)), (8, .identifier(.healthPlan)), (16, .person(.personName)), (18, .whole(.date)),
        (19, .address),
        (36, .identifier(.healthPlan)), (49, .identifier(.healthPlan)),
      ])
    add("dg1", [(5, .whole(.date)), (16, .provider)])
    add("sch", [(1, .identifier(.other)), (2, .identifier(.other)), (11, .whole(.date))])
    add("ft1", [(4, .whole(.date)), (20, .provider)])
    add("rxe", [(15, .identifier(.other)), (13, .provider)])
    return segments
  }()
}
