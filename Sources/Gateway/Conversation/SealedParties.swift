import Bytes
import Ciphers
import Ledger
import Vault

/// What the log keeps of a request's parties: parts sealed under each one's own key, tags to find them by, and the
/// pseudonym of the member of the workforce.
struct SealedParties: Sendable {
  /// The sealed parts, which go beside the request's first entry.
  private(set) var parts: [SealedPart] = []
  private var references: [PartReference] = []
  private var tags: [Digest] = []
  private var users: [Pseudonym] = []

  /// Nobody in particular.
  static let nobody = SealedParties()

  /// Names the parties in an entry; `withParts` when the parts are appended with it.
  func name(in entry: inout Entry, withParts: Bool) {
    // Several have made what one entry is about only where it is about many.
    if users.count == 1 { entry.user = users[0] } else { entry.people = users }
    entry.tags = tags
    if withParts { entry.parts = references }
  }

  fileprivate mutating func add(_ part: SealedPart, of subject: Digest) {
    parts.append(part)
    references.append(
      PartReference(
        subject: subject, digest: part.digest, commitment: part.commitment, length: part.bytes.count))
    tags.append(subject)
  }

  fileprivate mutating func add(tag: Digest) { tags.append(tag) }

  fileprivate mutating func add(user pseudonym: String) {
    if let user = Pseudonym(pseudonym), !users.contains(user) { users.append(user) }
  }
}

extension Gateway {
  /// The parties of a request as the log keeps them.
  ///
  /// Keys are made for those who have none yet when the request is `admitted`, as many as its caller may have made; of one
  /// that is not, only those who are known are named by tag, so that nobody fills the vault with refused requests.
  func sealed(
    _ parties: RequestParties, of request: RequestID, admitted caller: Caller?
  ) async throws(GatewayKeyFailure) -> SealedParties {
    guard parties != RequestParties.none else { return .nobody }
    return try await sealed([parties], of: request, admitted: caller)
  }

  /// The same of several requests that one entry is about; each of their users is named once.
  func sealed(
    _ people: [RequestParties], of request: RequestID, admitted caller: Caller?
  ) async throws(GatewayKeyFailure) -> SealedParties {
    do {
      return try await withTaskExecutorPreference(BlockingThreads.shared) {
        var sealed = SealedParties()
        var users: Set<String> = []
        for parties in people {
          let isNew = parties.user.map { users.insert($0).inserted } ?? false
          try await seal(parties, namingUser: isNew, of: request, admitted: caller, into: &sealed)
        }
        return sealed
      }
    } catch {
      throw keyFailure(error)
    }
  }

  private func seal(
    _ parties: RequestParties, namingUser: Bool, of request: RequestID, admitted caller: Caller?,
    into sealed: inout SealedParties
  ) async throws {
    if namingUser, let user = parties.user {
      sealed.add(user: try await vault.pseudonym(of: user))
      try await seal(
        ["user": .string(user)], of: SubjectReference(.workforce, user), request, caller, into: &sealed)
    }
    if let patient = parties.patient {
      var fields: [JSONMember] = [JSONMember("patient", .string(patient))]
      // INVARIANT: a person's name is under that person's key alone: destroyed, it leaves the name nowhere. The patient's
      // part has the tag of the user's, which may be one of many in the entry.
      if let user = parties.user, caller != nil {
        let tag = try await vault.tag(of: SubjectReference(.workforce, user))
        fields.append(JSONMember("by", .string(tag.description)))
      }
      try await seal(.object(fields), of: SubjectReference(.patient, patient), request, caller, into: &sealed)
    }
  }

  private func seal(
    _ fields: JSONValue, of subject: SubjectReference, _ request: RequestID, _ caller: Caller?,
    into sealed: inout SealedParties
  ) async throws {
    guard let caller else {
      if try await vault.knows(subject) { sealed.add(tag: try await vault.tag(of: subject)) }
      return
    }
    var text = fields.bytes
    defer { text.wipe() }
    let context = Entry.partContext(of: request)
    let (part, tag) = try await vault.withSubject(subject, create: true, for: caller.id.name, seals: 1) { [text] key in
      var random = SystemRandomNumberGenerator()
      return (try key.seal(text.span, context: context, using: &random), Vault.subjectTag(key))
    }
    sealed.add(part, of: tag)
  }
}
