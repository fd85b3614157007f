import Ciphers

/// Where the parts of a log are.
///
///     checkpoint                        the newest published checkpoint, a signed note
///     cosigned                          the newest checkpoint with the cosignatures of witnesses
///     emergency                         room for the record of a refusal when the disk is full
///     lock                              held by the process that writes
///     blobs/                            sealed parts that are too long for a record
///     segments/<first entry>.seg        the truth
///
/// Other names are left alone: what is derived from the segments has its place beside them. `keys/log.begun`, beside the
/// key, says that there was a log once.
struct LogDirectory: Hashable, Sendable {
  static let name = "log"
  static let checkpoint = "checkpoint"
  static let emergency = "emergency"
  static let lock = "lock"
  private static let begun = "log.begun"
  /// What lies in `keys` beside the log's key, and the public half of the key.
  static let besidesKey = ["log.vkey", begun]

  let root: Directory
  private let keys: Directory

  /// The log of a data directory.
  init(data: String) {
    root = Directory(data).directory(LogDirectory.name)
    keys = Directory(data).directory("keys")
  }

  var segments: Directory { root.directory("segments") }

  /// Whether no log was ever begun here: nothing is left of one, nor does anything beside the key say that there was.
  func isEmpty() throws(LedgerError) -> Bool {
    for name in [LogDirectory.checkpoint, LogDirectory.cosigned, LogDirectory.emergency, TileMark.name] {
      guard try File.status(of: root.file(name)) == nil else { return false }
    }
    for folder in [segments, root.directory("tile"), root.directory("blobs")] {
      guard try folder.names().isEmpty else { return false }
    }
    return try File.status(of: keys.file(LogDirectory.begun)) == nil
  }

  /// Keeps beside the key that the log has a checkpoint, so that losing all of it is seen.
  func keepBegun() throws(LedgerError) {
    guard try File.status(of: keys.file(LogDirectory.begun)) == nil else { return }
    let nothing: [UInt8] = []
    try keys.replace(LogDirectory.begun, with: nothing.span)
  }

  /// The published checkpoint; nil when there is none.
  func checkpoint(signedBy key: VerifierKey) throws(LedgerError) -> Result<Checkpoint, Fault> {
    guard let note = try root.content(of: LogDirectory.checkpoint) else {
      return .failure(Fault(.missingCheckpoint, at: 0))
    }
    guard let checkpoint = Checkpoint(note: note, signedBy: key) else {
      return .failure(Fault(.invalidCheckpoint, at: 0))
    }
    return .success(checkpoint)
  }

  /// The newest checkpoint that witnesses cosigned, which must be signed by the log too; nil when there is none.
  func cosignedCheckpoint(signedBy key: VerifierKey) throws(LedgerError) -> Result<Checkpoint?, Fault> {
    guard let note = try root.content(of: LogDirectory.cosigned) else { return .success(nil) }
    guard let checkpoint = Checkpoint(note: note, signedBy: key) else {
      return .failure(Fault(.invalidCosignedCheckpoint, at: 0))
    }
    return .success(checkpoint)
  }

  /// Publishes the checkpoint that `seal` is, which must be on stable storage, and gives its note.
  ///
  /// - Precondition: it is one.
  @discardableResult
  func publish(_ seal: Seal, by key: VerifierKey) throws(LedgerError) -> [UInt8] {
    precondition(seal.form == .checkpoint, "what closes a batch is no checkpoint")
    let note = SignedNote(text: seal.checkpoint(origin: key.name).text, signature: seal.signature, by: key)
    let bytes = note.bytes
    try root.replace(LogDirectory.checkpoint, with: bytes.span, mode: 0o644)
    return bytes
  }
}
