package import Bytes
package import Detection
package import PHI

/// What a later request of a conversation that the vendor keeps must know of the tokens of the earlier ones.
///
/// It is what it takes for the same value to get the same token, for an answer that names an earlier token to be restored,
/// and for a short mention of somebody to be found. It is personal: it is kept sealed, and prints nothing of what it holds.
package struct TokenMemory: Sendable, Equatable {
  fileprivate struct Given: Sendable, Equatable {
    var identifier: Identifier
    var index: UInt32
    var form: UInt32
    var value: [UInt8]
    var isWithdrawn: Bool
    var title: MentionTitle
  }

  fileprivate var given: [Given] = []
  fileprivate var reserved: Set<UInt64> = []

  /// No tokens.
  package init() {}

  /// How many tokens there are.
  package var count: Int { given.count }

  /// The values, to be found in whatever form a later request has them.
  ///
  /// Dates, addresses of the net and the like have a form of their own: they are found without.
  package var known: KnownIdentifiers? {
    var values = KnownValues()
    var people: [UInt32: [String]] = [:]
    for one in given {
      let value = String(decoding: one.value, as: UTF8.self)
      switch one.identifier {
      case .name: people[one.index, default: []].append(value)
      case .phone, .fax: values.phones.append(value)
      case .email: values.emails.append(value)
      case .street: values.addresses.append(value)
      case .facility, .organization, .city, .county: values.places.append((one.identifier, value))
      case .medicalRecordNumber, .socialSecurityNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle,
        .device, .otherNumber:
        values.numbers.append((one.identifier, value))
      case .date, .ageOver89, .zipCode, .url, .ipAddress, .biometric, .photograph, .uniqueDescription: break
      }
    }
    values.people = people.sorted { $0.key < $1.key }.map(\.value)
    return values.count == 0 ? nil : KnownIdentifiers(values)
  }
}

extension TokenMemory {
  /// The memory as JSON: `{"tokens":[["NAME",1,0,"…",0]],"reserved":["…"]}`.
  package var json: JSONValue {
    .object([
      JSONMember(
        "tokens",
        .array(
          given.map { one in
            .array([
              .string(one.identifier.label), .number(String(one.index)), .number(String(one.form)),
              .string(String(decoding: one.value, as: UTF8.self)),
              .number(String(Int(one.title.rawValue) | (one.isWithdrawn ? 16 : 0))),
            ])
          })),
      JSONMember("reserved", .array(reserved.sorted().map { .string(String($0, radix: 16)) })),
    ])
  }

  /// The memory that the JSON is; nil when it is none.
  package init?(_ json: JSONValue) {
    guard let tokens = json["tokens"]?.array, let reserved = json["reserved"]?.array else { return nil }
    for token in tokens {
      guard let parts = token.array, parts.count == 5,
        let identifier = parts[0].string.flatMap(Identifier.init(label:)),
        let index = parts[1].integer.flatMap(UInt32.init(exactly:)), (1...TokenGrammar.largestIndex).contains(index),
        let form = parts[2].integer.flatMap(UInt32.init(exactly:)), form <= TokenGrammar.largestForm,
        let value = parts[3].string, let marks = parts[4].integer, (0..<32).contains(marks),
        let title = MentionTitle(marks & 15)
      else { return nil }
      given.append(
        Given(
          identifier: identifier, index: index, form: form, value: Array(value.utf8), isWithdrawn: marks & 16 != 0,
          title: title))
    }
    for one in reserved {
      guard let key = one.string.flatMap({ UInt64($0, radix: 16) }) else { return nil }
      self.reserved.insert(key)
    }
  }
}

extension SessionTokens {
  /// What a later request of the conversation must know.
  package var memory: TokenMemory {
    var memory = TokenMemory()
    memory.reserved = reserved
    map.eachToken { token, value, isWithdrawn in
      memory.given.append(
        TokenMemory.Given(
          identifier: token.identifier, index: token.index, form: token.form, value: [UInt8](copying: value),
          isWithdrawn: isWithdrawn, title: titles[token.key] ?? .none))
    }
    return memory
  }

  /// The tokens of a conversation that goes on; `key` is the one that they were given under.
  package init(key: TokenKey, asOf reference: CalendarDate, remembering memory: TokenMemory) {
    self.init(key: key, asOf: reference)
    reserved = memory.reserved
    for one in memory.given {
      let mention = one.identifier == .name ? one.title.mention(of: one.value.span) : nil
      remember(
        key.token(one.identifier, index: one.index, form: one.form), for: one.value.span, mention,
        isWithdrawn: one.isWithdrawn)
    }
  }
}

extension TokenMemory: CustomStringConvertible, CustomReflectable {
  /// How many tokens, nothing else.
  package var description: String { "TokenMemory of \(count) tokens" }
  /// How many tokens, nothing else.
  package var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
