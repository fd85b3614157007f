import Bytes
import Ciphers
import Glibc

/// Room on the disk that is set aside for one record: that the log refuses entries because the disk takes no more.
///
///     0    4   length of the entry's JSON, little endian; zero when nothing is kept
///     4    8   number of entries that the log had
///     12   64  signature by the log's key, see `Refusal.text(of:)`
///     76       the JSON
struct Emergency: ~Copyable {
  private static let length = 4096
  private static let headLength = 76

  private let file: File

  /// Opens the file of the log, and sets the room aside if it was not yet.
  init(in log: LogDirectory) throws(LedgerError) {
    let file = try File(opening: log.root.file(LogDirectory.emergency), O_RDWR | O_CREAT)
    if try file.status().size < UInt64(Emergency.length) {
      // Bytes that were written are overwritten in place; those that a file system only promised may need more room.
      try file.truncate(to: 0)
      try file.write([UInt8](repeating: 0, count: Emergency.length).span)
      try file.synchronise()
      try log.root.synchronise()
    }
    self.file = file
  }

  private init(_ file: consuming File) { self.file = file }

  /// What is kept for a log that is not opened; nil when there is nothing.
  static func existing(in log: LogDirectory, signedBy key: VerifierKey) throws(LedgerError) -> Refusal? {
    guard let file = try File(log.root.file(LogDirectory.emergency), O_RDONLY) else { return nil }
    return try Emergency(file).refusal(signedBy: key)
  }

  /// Keeps `refusal` on stable storage.
  func keep(_ refusal: Refusal, _ signature: Signature) throws(LedgerError) {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(refusal.json.count))
    bytes.append(littleEndian: refusal.size)
    bytes.append(contentsOf: signature.bytes)
    bytes.append(contentsOf: refusal.json)
    precondition(bytes.count <= Emergency.length, "a refusal is short")
    try file.write(bytes.span, at: 0)
    try file.synchroniseContent()
  }

  /// What is kept; nil when there is nothing, or nothing that the log signed.
  func refusal(signedBy key: VerifierKey) throws(LedgerError) -> Refusal? {
    var bytes = [UInt8](repeating: 0, count: Emergency.length)
    let count = try file.read(bytes.count, at: 0, into: &bytes, at: 0)
    let length = Int(bytes.span.littleEndian(at: 0, as: UInt32.self))
    guard length > 0, Emergency.headLength + length <= count,
      let signature = Signature(bytes.span.extracting(12..<Emergency.headLength)),
      let refusal = Refusal(
        json: Array(bytes[Emergency.headLength..<Emergency.headLength + length]),
        size: bytes.span.littleEndian(at: 4, as: UInt64.self)),
      key.key.accepts(signature, of: refusal.text(of: key).span)
    else { return nil }
    return refusal
  }

  /// Forgets what was kept, once it is in the log.
  func clear() throws(LedgerError) {
    var head = [UInt8](repeating: 0, count: 4)
    _ = try file.read(head.count, at: 0, into: &head, at: 0)
    guard head != [0, 0, 0, 0] else { return }
    try file.write([0, 0, 0, 0].span, at: 0)
    try file.synchroniseContent()
  }
}

/// That the log refuses entries, and where it stood then.
struct Refusal {
  /// The entry.
  let entry: Entry
  /// Its bytes.
  let json: [UInt8]
  /// The number of entries that were sealed.
  let size: UInt64

  init(_ entry: Entry, size: UInt64) {
    self.entry = entry
    self.size = size
    json = entry.json
  }

  /// The refusal whose entry has these bytes; nil when they are not those of one.
  init?(json: [UInt8], size: UInt64) {
    guard let outline = EntryOutline(json.span), outline.event == .logRefusing else { return nil }
    var entry = Entry(.logRefusing, at: outline.time)
    entry.errorNumber = Refusal.number(in: json)
    guard entry.json == json else { return nil }
    self.init(entry, size: size)
  }

  /// What is signed.
  ///
  /// Its second line is no number, so that it is no checkpoint's text.
  func text(of key: VerifierKey) -> [UInt8] {
    Array("cordon refusal 1\n\(key.name)\n\(size)\n".utf8) + json
  }

  /// Whether the entry was taken into the log already: a crash may have come between that and its removal here.
  ///
  /// It was not as far as the log can be read: what was refused may be there in part.
  func isIn(_ log: LogDirectory, signedBy key: VerifierKey) throws(LedgerError) -> Bool {
    do throws(LedgerError) {
      var reader = try SealedBatches(log, signedBy: key, from: size)
      while let batch = try reader.next() {
        if batch.contains(where: { $0.json == json }) { return true }
      }
    } catch {
      guard case .damaged = error.code else { throw error }
    }
    return false
  }

  private static func number(in json: [UInt8]) -> Int? {
    (try? JSONValue(parsing: json))?["error"]?.integer
  }
}
