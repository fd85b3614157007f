import Bytes

/// The header of an age file: recipient stanzas under an authentication code.
struct AgeHeader: Sendable {
  /// Every stanza costs a key agreement before anything is authentic, so that a header is not read without end.
  static let longest = 65_536

  private static let version = Array("age-encryption.org/v1\n".utf8)
  private static let end = Array("---".utf8)

  var stanzas: [AgeStanza]
  private let authenticated: [UInt8]
  private let code: [UInt8]

  /// The header of these stanzas, authenticated under the file key.
  init(_ stanzas: [AgeStanza], fileKey: borrowing SecretBytes) {
    self.stanzas = stanzas
    var text = AgeHeader.version
    for stanza in stanzas { stanza.write(into: &text) }
    text += AgeHeader.end
    authenticated = text
    code = AgeHeader.code(of: text, fileKey).bytes
  }

  /// The header as it begins a file.
  var bytes: [UInt8] { authenticated + [0x20] + RawBase64.encode(code) + [0x0A] }

  /// Whether the header was made by somebody with the file key.
  func isAuthentic(under fileKey: borrowing SecretBytes) -> Bool {
    Digest(code.span)?.equalsInConstantTime(AgeHeader.code(of: authenticated, fileKey)) ?? false
  }

  private static func code(of text: [UInt8], _ fileKey: borrowing SecretBytes) -> Digest {
    KeyedHash(key: fileKey.derived(for: "header")).hash(text.span)
  }
}

extension AgeHeader {
  /// The header at the start of `file`, and where the payload starts; nil while more bytes are needed.
  static func read(_ file: [UInt8]) throws(CipherError) -> (header: AgeHeader, end: Int)? {
    guard file.prefix(version.count).elementsEqual(version.prefix(file.count)) else {
      throw CipherError(code: .malformed)
    }
    guard file.count >= version.count else { return nil }
    var lines = Lines(file: file, next: version.count)
    var stanzas: [AgeStanza] = []
    while let line = try lines.take() {
      if line.starts(with: end) {
        guard !stanzas.isEmpty, line.count == 4 + 43, line[line.startIndex + 3] == 0x20,
          let code = RawBase64.decode(Array(line.dropFirst(4))), code.count == Digest.byteCount
        else { throw CipherError(code: .malformed) }
        let authenticated = Array(file[..<(line.startIndex + 3)])
        return (AgeHeader(stanzas: stanzas, authenticated: authenticated, code: code), lines.next)
      }
      guard let stanza = try stanza(line, &lines) else { return nil }
      stanzas.append(stanza)
    }
    return nil
  }

  private init(stanzas: [AgeStanza], authenticated: [UInt8], code: [UInt8]) {
    (self.stanzas, self.authenticated, self.code) = (stanzas, authenticated, code)
  }

  /// The stanza whose first line is `line`; nil while more bytes are needed.
  private static func stanza(_ line: ArraySlice<UInt8>, _ lines: inout Lines) throws(CipherError) -> AgeStanza? {
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0].elementsEqual("->".utf8),
      words.dropFirst().allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } })
    else { throw CipherError(code: .malformed) }
    var text: [UInt8] = []
    while let line = try lines.take() {
      guard line.count <= AgeStanza.columns else { throw CipherError(code: .malformed) }
      text += line
      guard line.count < AgeStanza.columns else { continue }
      guard let body = RawBase64.decode(text) else { throw CipherError(code: .malformed) }
      return AgeStanza(arguments: words.dropFirst().map { String(decoding: $0, as: UTF8.self) }, body: body)
    }
    return nil
  }

  /// The lines of a header that has not all come yet.
  private struct Lines {
    let file: [UInt8]
    var next: Int

    /// The next line without its end; nil while that has not come.
    mutating func take() throws(CipherError) -> ArraySlice<UInt8>? {
      guard let end = file[next...].firstIndex(of: 0x0A) else {
        guard file.count <= longest else { throw CipherError(code: .tooCostly) }
        return nil
      }
      guard end < longest else { throw CipherError(code: .tooCostly) }
      defer { next = end + 1 }
      return file[next..<end]
    }
  }
}
