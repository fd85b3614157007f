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
/// Other names are left alone: what is derived from the segments has its place beside them.
struct LogDirectory: Hashable, Sendable {
  static let checkpoint = "checkpoint"
  static let emergency = "emergency"
  static let lock = "lock"

  let root: Directory

  /// The log of a data directory.
  init(data: String) { root = Directory(data).directory("log") }

  var segments: Directory { root.directory("segments") }

  /// Whether neither a checkpoint nor a segment was ever written here.
  func isEmpty() throws(LedgerError) -> Bool {
    let checkpoint = try File.status(of: root.file(LogDirectory.checkpoint))
    let segments = try SegmentList(in: segments).firsts
    return checkpoint == nil && segments.isEmpty
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

  /// Publishes the checkpoint of `seal`, which must be on stable storage.
  func publish(_ seal: Seal, by key: VerifierKey) throws(LedgerError) {
    let note = SignedNote(text: seal.checkpoint(origin: key.name).text, signature: seal.signature, by: key)
    let bytes = note.bytes
    try root.replace(LogDirectory.checkpoint, with: bytes.span, mode: 0o644)
  }
}
