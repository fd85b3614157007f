import Bytes
import Ciphers

/// The state of a log at the end of a batch, and the log's signature of it.
struct Seal: Hashable {
  /// What it is that was signed.
  enum Form: Hashable {
    /// A checkpoint, as it is published. Logs of before there was another form have it in all of their seals.
    case checkpoint
    /// A text of seals' own: nobody can publish a seal as a checkpoint, and so cut the log at any batch.
    case seal
  }

  var frontier: Frontier
  var signature: Signature
  var form = Form.seal

  /// The number of entries up to here.
  var size: UInt64 { frontier.size }

  /// The checkpoint of a log of this name up to here.
  func checkpoint(origin: String) -> Checkpoint { Seal.checkpoint(frontier, origin: origin) }

  /// Whether the owner of `key` signed this state of the log that the key names.
  func isSigned(by key: VerifierKey) -> Bool {
    let text = Seal.text(form, of: frontier, origin: key.name)
    return key.key.accepts(signature, of: text.span)
  }

  /// What is signed.
  ///
  /// That of a seal has a line more than a checkpoint, and its first is no name that a log can have.
  static func text(_ form: Form, of frontier: Frontier, origin: String) -> [UInt8] {
    let checkpoint = checkpoint(frontier, origin: origin).text
    return form == .checkpoint ? checkpoint : Array("cordon seal 1\n".utf8) + checkpoint
  }

  private static func checkpoint(_ frontier: Frontier, origin: String) -> Checkpoint {
    Checkpoint(origin: origin, size: frontier.size, root: frontier.root)
  }
}
