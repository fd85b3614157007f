import Bytes
import Ciphers
import Deidentification
import Ledger
import Providers
import Vault

/// What a later request of a conversation that the vendor keeps must know of the earlier ones.
struct KeptConversation: Sendable {
  /// The model that was asked last.
  let model: ModelName
  /// What the tokens stand for.
  let tokens: TokenMemory
  /// The hashes of the words that were given: what stands there is nothing new in an answer.
  let words: Set<UInt64>
  /// The names and ids that went out under others.
  let names: RequestNames
  /// Whether the answer was asked for as JSON.
  let isJSON: Bool
  /// How many tokens were booked when it was kept, of an answer that had not told its cost; nil when it had.
  var paid: Int?
  /// What all its turns hold; nil of what was kept by a gateway that did not say it.
  var held: HeldFacts?
}

extension KeptConversation {
  private static let version = 1

  /// The conversation as bytes, to be sealed.
  var bytes: [UInt8] {
    var hashes: [UInt8] = []
    hashes.reserveCapacity(8 * words.count)
    for word in words.sorted() {
      for shift in stride(from: 56, through: 0, by: -8) {
        hashes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return JSONValue.object([
      JSONMember("version", .number(String(Self.version))), JSONMember("model", .string(model.description)),
      JSONMember("json", .bool(isJSON)), JSONMember("tokens", tokens.json), JSONMember("names", names.json),
      JSONMember("words", .string(Base64.encode(hashes))), JSONMember("paid", paid.map { .integer($0) } ?? .null),
      JSONMember("held", held?.json ?? .null),
    ]).bytes
  }

  /// The conversation that the bytes are; nil when they are none of this version.
  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), json["version"]?.integer == Self.version,
      let model = json["model"]?.string.flatMap({ ModelName($0) }),
      let tokens = json["tokens"].flatMap({ TokenMemory($0) }),
      let names = json["names"].flatMap({ RequestNames($0) }),
      let hashes = json["words"]?.string.flatMap({ Base64.decode($0) }), hashes.count % 8 == 0
    else { return nil }
    var words: Set<UInt64> = []
    words.reserveCapacity(hashes.count / 8)
    for start in stride(from: 0, to: hashes.count, by: 8) {
      words.insert(hashes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
    }
    self.init(
      model: model, tokens: tokens, words: words, names: names, isJSON: json["json"] == .bool(true),
      paid: json["paid"]?.integer, held: HeldFacts(json["held"]))
  }
}

/// The turns before a request, of which the vendor knows and the caller tells the id only.
struct EarlierTurns: Sendable {
  /// What is to be known of them.
  let conversation: KeptConversation
  /// The vendor that has them, of those that requests of the use case may go to.
  let link: UseCase.Fallback
  /// What is kept, without its map.
  let record: KeptRecord
}
