import Bytes
package import Ciphers

/// Something that a vendor keeps of a conversation, by the id that the vendor gave it.
package struct KeptObject: Hashable, Sendable {
  /// What it is.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An answer that a later request goes on from.
    case response
    /// A file that was handed over.
    case file
    /// Requests that the vendor works off by and by.
    case batch
    /// The same in Anthropic's dialect.
    case messageBatch = "message_batch"
    /// A request that the gateway carries out later.
    case deferred
    /// What has come of one.
    case deferredAnswer = "deferred_answer"
  }

  /// Which vendor keeps it, by the configuration's name.
  package let vendor: String
  /// What it is.
  package let kind: Kind
  /// What the vendor calls it; it is never stored in the clear.
  package let id: String

  /// What `vendor` keeps under `id`.
  package init(_ kind: Kind, _ id: String, at vendor: String) {
    self.kind = kind
    self.id = id
    self.vendor = vendor
  }
}

/// For whom something is kept: nobody else finds it.
package struct KeptHolder: Hashable, Sendable {
  /// The caller, by the configuration's name.
  package let caller: String
  /// The use case, by the configuration's name.
  package let useCase: String
  /// The patient whom the request was about, where it named one.
  package let patient: SubjectReference?
  /// The member of the workforce for whom it was made, where it named one.
  package let user: SubjectReference?

  /// Whom a request names.
  package init(caller: String, useCase: String, patient: SubjectReference? = nil, user: SubjectReference? = nil) {
    self.caller = caller
    self.useCase = useCase
    self.patient = patient
    self.user = user
  }

  /// The people among them.
  var subjects: [SubjectReference] { [patient, user].compactMap(\.self) }
}

/// How much of what vendors keep one caller may have maps for.
package struct KeptBounds: Hashable, Sendable {
  /// How many maps.
  package var maps: Int
  /// How many bytes they may have together, sealed.
  package var bytes: Int

  /// A bound.
  package init(maps: Int, bytes: Int) {
    self.maps = maps
    self.bytes = bytes
  }
}

/// What stands for something kept, in the log and on command lines: 32 hexadecimal digits of a keyed hash.
///
/// Without the key nobody learns from it what the vendor calls the thing, or tries whether a guess is right.
package struct KeptCode: Hashable, Sendable, LosslessStringConvertible {
  static let byteCount = 16
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The code that the text is; nil for any other text.
  package init?(_ text: String) {
    guard let bytes = Hex.decode(text), bytes.count == KeptCode.byteCount else { return nil }
    self.bytes = bytes
  }

  /// The code as digits.
  package var description: String { Hex.encode(bytes) }
}

/// What may be known of something kept without opening anything.
package struct KeptRecord: Hashable, Sendable {
  /// What stands for it.
  package let code: KeptCode
  /// Which caller has it.
  package let caller: String
  /// For which use case.
  package let useCase: String
  /// Which vendor keeps the thing.
  package let vendor: String
  /// What it is.
  package let kind: KeptObject.Kind
  /// Since when.
  package let created: Moment
  /// When its map is over.
  package let expires: Moment
  /// The tags of the patient and of the member of the workforce, where they are known.
  package let subjects: [Digest]
  /// How many bytes are stored.
  package let byteCount: Int
}

extension KeptObject: CustomStringConvertible, CustomReflectable {
  /// The kind and the vendor; the id leads to a conversation.
  package var description: String { "\(kind.rawValue) at \(vendor)" }
  /// Nothing: a dump shows no id.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension KeptHolder: CustomStringConvertible, CustomReflectable {
  /// The caller; the people are personal.
  package var description: String { caller }
  /// Nothing: a dump shows nobody.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
