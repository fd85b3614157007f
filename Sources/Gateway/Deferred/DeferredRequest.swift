import Bytes
import Ledger
import PHI
import Providers

/// A request that is carried out later, as it is sealed.
struct DeferredRequest: Sendable {
  var operation: Operation
  /// Whom it is about, and for whom it is made, as its headers name them.
  var parties: RequestParties
  /// Whom all of it names, as far as its use case's contract lets that be kept.
  var named: RequestParties
  var sensitivity: String?
  var facts: FactHeaders
  var client: ConfiguredName?
  var version: InterfaceVersion
  var body: [UInt8]

  /// A call with the body that is left of its own.
  init(_ call: ModelCall, _ body: [UInt8], naming named: RequestParties) {
    operation = call.operation
    parties = .none
    (parties.patient, parties.user) = (call.patient, call.user)
    self.named = named
    (sensitivity, facts, client, version) = (call.sensitivity, call.facts, call.client, call.version)
    self.body = body
  }

  /// The request as bytes to be sealed.
  var bytes: [UInt8] {
    var fields = ByteFields()
    fields.append(1)
    let texts: [String?] = [
      operation.rawValue, parties.patient, parties.user, sensitivity, facts.consents, facts.confidentiality,
      facts.restricted, client?.description, version.day?.description, version.features.joined(separator: ","),
      named.patient, named.user,
    ]
    for text in texts { fields.append(optional: text) }
    fields.append(body)
    return fields.bytes
  }

  /// The request that these bytes were made of; nil when they are none.
  init?(_ bytes: [UInt8], today: CalendarDate) {
    var fields = ByteFieldReader(bytes)
    guard fields.number() == 1 else { return nil }
    var texts: [String?] = []
    for _ in 0..<12 {
      guard let text = fields.optional() else { return nil }
      texts.append(text.first)
    }
    guard let operation = texts[0].flatMap(Operation.init(rawValue:)), let body = fields.next(), fields.isAtEnd,
      let version = InterfaceVersion(day: texts[8], features: texts[9].map { [$0] } ?? [], today: today)
    else { return nil }
    self.operation = operation
    parties = .none
    (parties.patient, parties.user) = (texts[1], texts[2])
    named = .none
    (named.patient, named.user) = (texts[10], texts[11])
    sensitivity = texts[3]
    facts = FactHeaders()
    (facts.consents, facts.confidentiality, facts.restricted) = (texts[4], texts[5], texts[6])
    client = texts[7].flatMap { ConfiguredName($0) }
    (self.version, self.body) = (version, body)
  }

  /// The call that it was, of the same caller.
  func call(_ requestID: RequestID, of caller: Caller, for useCase: UseCase) -> ModelCall {
    var call = ModelCall(operation, requestID: requestID, caller: caller, useCase: useCase.id.name, body: body)
    (call.patient, call.user, call.sensitivity) = (parties.patient, parties.user, sensitivity)
    (call.facts, call.client, call.version) = (facts, client, version)
    return call
  }
}

/// What has come of a request that was carried out later, as it is sealed.
struct DeferredAnswer: Sendable {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]
  /// Whom the request was about, and for whom it was made.
  var parties: RequestParties
  /// What was asked, and where; nil where nobody was.
  var way: Way?

  /// The way that a request went to its answer.
  struct Way: Sendable {
    let operation: Operation
    let vendor: String
    let model: ModelName
    /// What policies were told of what it holds.
    let held: HeldFacts?
    /// The kinds of identifiers that the answer may have in the clear.
    let shown: Set<Identifier>
    /// Whether it may have identifiers that nobody had given.
    let showsOthers: Bool
  }

  /// The answer as bytes to be sealed.
  var bytes: [UInt8] {
    var fields = ByteFields()
    fields.append(1)
    fields.append(UInt64(status))
    fields.append(UInt64(headers.count))
    for (name, value) in headers {
      fields.append(Array(name.utf8))
      fields.append(Array(value.utf8))
    }
    for text in [parties.patient, parties.user] { fields.append(optional: text) }
    for text in [way?.operation.rawValue, way?.vendor, way?.model.description] { fields.append(optional: text) }
    fields.append(way?.held?.json.bytes ?? [])
    fields.append(way.map { $0.shown.map(\.rawValue).sorted() + ($0.showsOthers ? [Self.others] : []) } ?? [])
    fields.append(body)
    return fields.bytes
  }

  /// What stands among the kinds of identifiers for those that nobody had given.
  private static let others: UInt8 = 255

  init(_ answer: (reply: Reply, body: [UInt8]), to parties: RequestParties, by way: Way?) {
    (status, headers) = (answer.reply.status, answer.reply.headers)
    (body, self.parties, self.way) = (answer.body, parties, way)
  }

  /// The answer that these bytes were made of; nil when they are none.
  init?(_ bytes: [UInt8]) {
    var fields = ByteFieldReader(bytes)
    guard fields.number() == 1, let status = fields.number(), let count = fields.number(), count <= 1_024 else {
      return nil
    }
    var headers: [(name: String, value: String)] = []
    for _ in 0..<count {
      guard let name = fields.next(), let value = fields.next() else { return nil }
      headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    var texts: [String?] = []
    for _ in 0..<5 {
      guard let text = fields.optional() else { return nil }
      texts.append(text.first)
    }
    guard let held = fields.next(), let shown = fields.next(), let body = fields.next(), fields.isAtEnd else {
      return nil
    }
    (self.status, self.headers, self.body) = (Int(clamping: status), headers, body)
    parties = .none
    (parties.patient, parties.user) = (texts[0], texts[1])
    guard texts[2...4].contains(where: { $0 != nil }) else { return }
    let kinds = shown.filter { $0 != Self.others }.map { Identifier(rawValue: $0) }
    let facts = held.isEmpty ? nil : HeldFacts(try? JSONValue(parsing: held))
    guard let operation = texts[2].flatMap(Operation.init(rawValue:)), let vendor = texts[3],
      let model = texts[4].flatMap({ ModelName($0) }), held.isEmpty || facts != nil, !kinds.contains(nil)
    else { return nil }
    way = Way(
      operation: operation, vendor: vendor, model: model, held: facts, shown: Set(kinds.compactMap(\.self)),
      showsOthers: shown.contains(Self.others))
  }
}

extension ByteFields {
  /// Appends a text, or that there is none.
  fileprivate mutating func append(optional text: String?) { append(text.map { [1] + Array($0.utf8) } ?? []) }
}

extension ByteFieldReader {
  /// The text that stands next, if there is one; nil when there is nothing more.
  fileprivate mutating func optional() -> [String]? {
    guard let field = next() else { return nil }
    guard field.first == 1 else { return field.isEmpty ? [] : nil }
    return String(validating: field.dropFirst(), as: UTF8.self).map { [$0] }
  }
}
