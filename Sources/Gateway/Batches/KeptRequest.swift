import Bytes
import Deidentification
import Ledger
import Providers

/// What is kept of one request of a batch, to make its caller's answer of the vendor's.
struct KeptRequest: Sendable {
  /// What the caller calls it.
  var customID: [UInt8]
  /// What its tokens stand for.
  var map: TokenMap
  /// The names and ids in it that are not the caller's own.
  var names: RequestNames
  /// The text that went out.
  var text: [UInt8]
  /// Whether the answer was asked for as JSON.
  var wantsJSON: Bool
  /// The model that it asks, by the vendor's name; nil of what was kept before that was known.
  var model: ModelName?
  /// Whom it is about, and for whom it is made, where it names them itself.
  var parties: RequestParties

  /// How long the texts of requests are together.
  static func length(of requests: [KeptRequest]) -> Int { requests.reduce(0) { $0 + $1.text.count } }

  /// What is said of a request by one number, from its lowest bit on.
  private enum Mark {
    static let wantsJSON: UInt64 = 1
    static let hasModel: UInt64 = 2
  }

  /// What is kept of requests, as bytes to be sealed.
  static func bytes(of requests: [KeptRequest]) -> [UInt8] {
    var fields = ByteFields()
    for request in requests {
      fields.append(request.customID)
      fields.append(request.map.bytes)
      fields.append(request.names.bytes)
      fields.append(request.text)
      fields.append((request.wantsJSON ? Mark.wantsJSON : 0) | (request.model == nil ? 0 : Mark.hasModel))
      if let model = request.model { fields.append(Array(model.description.utf8)) }
      for party in [request.parties.patient, request.parties.user] {
        fields.append(party.map { Array($0.utf8) } ?? [])
      }
    }
    return fields.bytes
  }

  /// The requests that these bytes were made of; nil when there are none.
  static func requests(of bytes: [UInt8]) -> [KeptRequest]? {
    var fields = ByteFieldReader(bytes)
    var requests: [KeptRequest] = []
    while !fields.isAtEnd {
      guard let customID = fields.next(), let map = fields.next().flatMap(TokenMap.init(bytes:)),
        let names = fields.next().flatMap(RequestNames.init(bytes:)), let text = fields.next(),
        let marks = fields.number(), let model = fields.model(if: marks & Mark.hasModel != 0),
        let patient = fields.next(), let user = fields.next()
      else { return nil }
      var parties = RequestParties.none
      if !patient.isEmpty { parties.patient = String(decoding: patient, as: UTF8.self) }
      if !user.isEmpty { parties.user = String(decoding: user, as: UTF8.self) }
      requests.append(
        KeptRequest(
          customID: customID, map: map, names: names, text: text, wantsJSON: marks & Mark.wantsJSON != 0,
          model: model.first, parties: parties))
    }
    return requests
  }
}

extension ByteFieldReader {
  /// The model that stands next, if one does; nil when it is none.
  fileprivate mutating func model(if isThere: Bool) -> [ModelName]? {
    guard isThere else { return [] }
    return next().flatMap { ModelName(String(decoding: $0, as: UTF8.self)) }.map { [$0] }
  }
}
