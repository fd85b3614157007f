import Bytes
import Ciphers
import PHI

extension Entry {
  /// The entry as compact JSON: the same bytes for equal entries, and the leaf of the Merkle tree.
  ///
  /// Members come in a fixed order, those without a value are left out. No value needs escaping.
  package var json: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(640)
    output.append(#"{"v":2,"event":""#)
    output.append(event.rawValue)
    output.append(#"","time":""#)
    time.write(into: &output)
    output.append(0x22)
    output.append(#","request":""#, request?.description)
    output.append(parts)
    output.append(#","caller":""#, caller?.description)
    output.append(#","user":""#, user?.description)
    output.append(#","client":""#, client?.description)
    output.append(#","server":""#, server?.description)
    output.append(#","use_case":""#, useCase?.description)
    output.append(#","purpose":""#, purpose?.description)
    output.append(#","vendor":""#, vendor?.description)
    output.append(#","agreement":""#, agreement?.description)
    output.append(#","model":""#, model?.description)
    output.append(#","profile":""#, profile?.description)
    output.append(#","decision":""#, decision?.rawValue)
    output.append(#","policy":""#, policy?.description)
    output.append(#","rule":""#, rule?.description)
    output.append(#","outcome":""#, outcome?.rawValue)
    output.append(#","object":""#, object?.description)
    output.append(#","people":"#, people.map(\.description))
    if !identifiers.isEmpty {
      output.append(#","identifiers":"#, Identifier.allCases) { kind in identifiers[kind].map { (kind.label, $0) } }
    }
    output.append(#","known_identifiers":"#, knownIdentifiers)
    output.append(#","prompt_tokens":"#, promptTokens)
    output.append(#","completion_tokens":"#, completionTokens)
    if !microseconds.isEmpty {
      output.append(#","microseconds":"#, Stage.allCases) { stage in microseconds[stage].map { (stage.rawValue, $0) } }
    }
    output.append(#","status":"#, status)
    output.append(#","sent":""#, sent?.description)
    output.append(#","received":""#, received?.description)
    output.append(#","tags":"#, tags.map(\.description))
    output.append(#","blobs":"#, blobs.map(\.description))
    output.append(#","bytes_dropped":"#, bytesDropped)
    output.append(#","bytes_free":"#, bytesFree)
    output.append(signed: #","clock_step":"#, clockStep)
    output.append(#","error":"#, errorNumber)
    output.append(0x7D)
    return output
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ text: String) {
    append(contentsOf: text.utf8)
  }

  fileprivate mutating func append(_ name: String, _ text: String?) {
    guard let text else { return }
    append(name)
    append(text)
    append(0x22)
  }

  fileprivate mutating func append(_ name: String, _ number: Int?) {
    guard let number else { return }
    append(name)
    append(decimal: Int64(Swift.max(0, number)))
  }

  fileprivate mutating func append(signed name: String, _ number: Int?) {
    guard let number else { return }
    append(name)
    if number < 0 { append(0x2D) }
    append(decimal: Int64(clamping: number.magnitude))
  }

  fileprivate mutating func append(_ name: String, _ texts: [String]) {
    guard !texts.isEmpty else { return }
    append(name)
    var separator: UInt8 = 0x5B
    for text in texts {
      append(separator)
      append(0x22)
      append(text)
      append(0x22)
      separator = 0x2C
    }
    append(0x5D)
  }

  fileprivate mutating func append(_ parts: [PartReference]) {
    guard !parts.isEmpty else { return }
    append(#","parts":"#)
    var separator: UInt8 = 0x5B
    for part in parts {
      append(separator)
      append(#"{"subject":""#)
      append(part.subject.description)
      append(#"","digest":""#)
      append(part.digest.description)
      append(#"","commitment":""#)
      append(part.commitment.description)
      append(#"","length":"#)
      append(decimal: Int64(part.length))
      append(0x7D)
      separator = 0x2C
    }
    append(0x5D)
  }

  fileprivate mutating func append<Key>(_ name: String, _ keys: [Key], _ count: (Key) -> (String, Int)?) {
    append(name)
    var separator: UInt8 = 0x7B
    for key in keys {
      guard let (label, number) = count(key) else { continue }
      append(separator)
      append(0x22)
      append(label)
      append(#"":"#)
      append(decimal: Int64(Swift.max(0, number)))
      separator = 0x2C
    }
    append(0x7D)
  }
}
