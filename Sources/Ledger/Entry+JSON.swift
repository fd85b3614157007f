import Bytes
import Ciphers
import PHI

extension Entry {
  /// The entry as compact JSON: the same bytes for equal entries, and the leaf of the Merkle tree.
  ///
  /// Members come in a fixed order, those without a value are left out. No value needs escaping.
  package var json: [UInt8] { LineBuffer.array(capacity: longestJSON) { write(into: &$0) } }

  /// More bytes than the JSON can have: twenty-three names of at most 128 bytes, a justification of at most 200, and all
  /// counts with nineteen digits.
  var longestJSON: Int { 9100 + 280 * parts.count + 40 * people.count + 70 * (tags.count + blobs.count) }

  /// Writes the JSON.
  func write(into output: inout LineBuffer) {
    output.append(#"{"v":2,"event":""#)
    output.append(event.rawValue)
    output.append(#"","time":""#)
    time.write(into: &output)
    output.append(0x22)
    output.append(#","request":""#, request?.description)
    if !parts.isEmpty { output.append(parts) }
    output.append(#","caller":""#, caller?.description)
    output.append(#","user":""#, user?.description)
    output.append(#","client":""#, client?.description)
    output.append(#","server":""#, server?.description)
    output.append(#","use_case":""#, useCase?.description)
    output.append(#","purpose":""#, purpose?.description)
    output.append(#","vendor":""#, vendor?.description)
    output.append(#","agreement":""#, agreement?.description)
    output.append(#","agreement_digest":"#, agreementDigest)
    output.append(#","region":""#, region?.description)
    output.append(#","route":""#, route?.description)
    output.append(#","basis":""#, basis?.description)
    output.append(#","justification":""#, justification?.description)
    output.append(#","destination":""#, destination?.description)
    output.append(#","retention":""#, retention?.description)
    output.append(#","approval":""#, approval?.description)
    output.append(#","operation":""#, operation?.description)
    output.append(#","model":""#, model?.description)
    output.append(#","served_model":""#, servedModel?.description)
    output.append(#","profile":""#, profile?.description)
    output.append(#","decision":""#, decision?.rawValue)
    output.append(#","policy":""#, policy?.description)
    output.append(#","policy_set":"#, policySet)
    output.append(#","policy_adoption":""#, policyAdoption?.description)
    output.append(#","policy_facts":""#, policyFacts?.description)
    output.append(#","policy_withheld":""#, policyWithheld?.description)
    output.append(#","rule":""#, rule?.description)
    output.append(#","outcome":""#, outcome?.rawValue)
    output.append(#","object":""#, object?.description)
    output.append(#","before":"#, before)
    output.append(#","after":"#, after)
    output.append(#","method":""#, method?.rawValue)
    if !people.isEmpty { output.append(people) }
    output.append(#","identifiers":"#, identifiers)
    output.append(#","restored":"#, restored)
    output.append(#","known_identifiers":"#, knownIdentifiers)
    output.append(#","fields_dropped":"#, fieldsDropped)
    output.append(#","elements_shared":"#, elementsShared)
    output.append(#","elements_dropped":"#, elementsDropped)
    output.append(#","lines":"#, lines)
    output.append(#","requests":"#, requests)
    output.append(#","prompt_tokens":"#, promptTokens)
    output.append(#","completion_tokens":"#, completionTokens)
    if !microseconds.isEmpty {
      var counts = Counts()
      for (stage, count) in microseconds { counts[stage.place] = count }
      output.append(#","microseconds":"#)
      output.append(counts) { Stage.allCases[$0].rawValue }
    }
    output.append(#","status":"#, status)
    output.append(#","sent":"#, sent)
    output.append(#","received":"#, received)
    if !tags.isEmpty { output.append(#","tags":"#, tags) }
    if !blobs.isEmpty { output.append(#","blobs":"#, blobs) }
    output.append(#","bytes_dropped":"#, bytesDropped)
    output.append(#","bytes_free":"#, bytesFree)
    output.append(signed: #","clock_step":"#, clockStep)
    output.append(#","error":"#, errorNumber)
    output.append(0x7D)
  }
}

/// Numbers by place, for up to 64 places.
private struct Counts {
  private var numbers = InlineArray<64, Int>(repeating: 0)
  private(set) var places: UInt64 = 0

  subscript(place: Int) -> Int {
    get { numbers[place] }
    set {
      numbers[place] = newValue
      places |= 1 << UInt64(place)
    }
  }
}

extension Stage {
  /// Where it stands among all.
  fileprivate var place: Int {
    switch self {
    case .detection: 0
    case .deidentification: 1
    case .firstByte: 2
    case .vendor: 3
    case .restoration: 4
    case .total: 5
    }
  }
}

extension LineBuffer {
  @inline(__always) fileprivate mutating func append(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    append(name)
    append(text)
    append(0x22)
  }

  @inline(__always) fileprivate mutating func append(_ name: StaticString, _ number: Int?) {
    guard let number else { return }
    append(name)
    append(decimal: Int64(number))
  }

  fileprivate mutating func append(signed name: StaticString, _ number: Int?) {
    guard let number else { return }
    append(name)
    if number < 0 { append(0x2D) }
    append(decimal: Int64(clamping: number.magnitude))
  }

  fileprivate mutating func append(_ name: StaticString, _ digest: Digest?) {
    guard let digest else { return }
    append(name)
    append(0x22)
    append(digest)
    append(0x22)
  }

  fileprivate mutating func append(_ name: StaticString, _ digests: [Digest]) {
    append(name)
    for (place, digest) in digests.enumerated() {
      append(place == 0 ? "[\"" : ",\"")
      append(digest)
      append(0x22)
    }
    append(0x5D)
  }

  fileprivate mutating func append(_ people: [Pseudonym]) {
    append(#","people":"#)
    for (place, person) in people.enumerated() {
      append(place == 0 ? "[\"" : ",\"")
      append(person.description)
      append(0x22)
    }
    append(0x5D)
  }

  fileprivate mutating func append(_ parts: [PartReference]) {
    append(#","parts":"#)
    for (place, part) in parts.enumerated() {
      append(place == 0 ? #"[{"subject":""# : #",{"subject":""#)
      append(part.subject)
      append(#"","digest":""#)
      append(part.digest)
      append(#"","commitment":""#)
      append(part.commitment)
      append(#"","length":"#)
      append(decimal: Int64(part.length))
      append(0x7D)
    }
    append(0x5D)
  }

  fileprivate mutating func append(_ name: StaticString, _ numbers: [Identifier: Int]) {
    guard !numbers.isEmpty else { return }
    var counts = Counts()
    for (kind, count) in numbers { counts[Int(kind.rawValue)] = count }
    append(name)
    append(counts) { Identifier(rawValue: UInt8($0))?.label ?? "" }
  }

  fileprivate mutating func append(_ counts: Counts, _ label: (Int) -> String) {
    var separator: UInt8 = 0x7B
    var places = counts.places
    while places != 0 {
      let place = places.trailingZeroBitCount
      places &= places &- 1
      append(separator)
      append(0x22)
      append(label(place))
      append(#"":"#)
      append(decimal: Int64(counts[place]))
      separator = 0x2C
    }
    append(0x7D)
  }
}
