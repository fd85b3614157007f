import Ciphers
import Ledger
import Vault

extension Gateway {
  /// Whether an id is one that a vendor may have given: letters, digits, `-`, `_` and dots that are no way upwards.
  static func isVendorID(_ id: String) -> Bool {
    (1...256).contains(id.utf8.count) && id.utf8.first != UInt8(ascii: ".")
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  /// What is kept of something of this name for a holder, as `read` reads it, and at which vendor of the use case's; nil
  /// when nothing is.
  ///
  /// What is long is read where nothing else waits for it.
  func kept<Content: Sendable>(
    _ kind: KeptObject.Kind, _ id: String, for holder: KeptHolder, _ useCase: UseCase,
    reading read: @escaping @Sendable (KeptMaps.Opened) -> Content?
  ) async throws(GatewayKeyFailure) -> (link: UseCase.Fallback, content: Content)? {
    guard Self.isVendorID(id) else { return nil }
    do {
      return try await withTaskExecutorPreference(BlockingThreads.shared) {
        guard let maps = try kept.present() else {
          // Who asks learns no sooner that there is nothing while no key can be had.
          _ = try await vault.code(of: [])
          return nil
        }
        for link in admission.links(of: useCase) {
          let object = KeptObject(kind, id, at: link.vendor.name)
          guard let opened = try await maps.open(object, for: holder) else { continue }
          guard let content = read(opened) else { throw VaultError(.altered(.kept)) }
          return (link, content)
        }
        return nil
      }
    } catch {
      throw keyFailure(error)
    }
  }

  /// The turns that an answer of the vendor's ends; nil when nothing is kept of them.
  func earlierTurns(
    endingWith id: String, for holder: KeptHolder, _ useCase: UseCase
  ) async throws(GatewayKeyFailure) -> EarlierTurns? {
    let found = try await kept(.response, id, for: holder, useCase) { opened in
      KeptConversation(opened.map).map { ($0, opened.record) }
    }
    return found.map { EarlierTurns(conversation: $0.content.0, link: $0.link, record: $0.content.1) }
  }

  /// Why nothing more may be kept for a caller; nil when a map of so many bytes may.
  func objection(toKeeping bytes: Int, for caller: Caller) async -> Refusal? {
    do {
      let hasRoom = try await withTaskExecutorPreference(BlockingThreads.shared) {
        try kept.maps().hasRoom(for: caller.id.name, bytes: bytes, within: limits.kept)
      }
      return hasRoom ? nil : Refusal(keyFailure(VaultError(.tooMuchKept)))
    } catch {
      return Refusal(keyFailure(error))
    }
  }

  /// Seals what belongs to something that a vendor has begun to keep, all of it or nothing, and has it in the log as `base`
  /// says.
  ///
  /// Nothing of the vendor's answer may be released before; the failure says why nothing may be at all.
  func keep(
    _ contents: [(object: KeptObject, bytes: [UInt8])], for holder: KeptHolder, _ settings: KeptSettings,
    within bounds: KeptBounds? = nil, saying base: Entry
  ) async -> Failure? {
    let kept: [(record: KeptRecord, state: Digest?)]
    do {
      kept = try await withTaskExecutorPreference(BlockingThreads.shared) {
        let maps = try self.kept.maps()
        let expires = Moment(milliseconds: maps.now.milliseconds + Int64(settings.seconds) * 1_000)
        var kept: [(record: KeptRecord, state: Digest?)] = []
        for record in try await maps.keep(contents, for: holder, until: expires, within: bounds ?? limits.kept) {
          kept.append((record, try await maps.state(of: record.code)))
        }
        return kept
      }
    } catch {
      // A vendor that says of two things that they are one is not believed.
      if (error as? VaultError)?.code == .keptAlready { return .vendor(.unexpectedAnswer) }
      _ = keyFailure(error)
      metrics.countKeyFailure()
      return .notKept
    }
    do {
      for (record, state) in kept {
        var entry = base
        (entry.event, entry.time) = (.mapKept, clock.timestamp)
        entry.object = ConfiguredName(record.object)
        entry.rule = ConfiguredName("until:\(record.expires)")
        entry.after = state
        try await self.record(entry)
      }
    } catch {
      _ = try? await self.kept.maps().delete(kept.map(\.record.code))
      return .logUnavailable
    }
    return nil
  }

  /// Deletes what is kept of something, after the log has it.
  func forget(_ records: [KeptRecord], saying base: Entry, because event: Event = .mapDeleted) async throws {
    for record in records {
      var entry = base
      (entry.event, entry.time) = (event, clock.timestamp)
      entry.object = ConfiguredName(record.object)
      entry.method = .overwrite
      // While no key can be had what is over goes all the same, without a code of what it was.
      entry.before = try? await kept.maps().state(of: record.code)
      try await self.record(entry)
    }
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      let maps = try kept.maps()
      try await maps.delete(records.map(\.code))
      maps.flush()
    }
  }

  /// Deletes what is over, or is about somebody whose key was destroyed; how many there were.
  @discardableResult
  package func purgeKept(askingForAll: Bool = true) async throws -> Int {
    guard let maps = try kept.present() else { return 0 }
    let over = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try await maps.over(askingForAll: askingForAll)
    }
    if askingForAll, !vault.isLocked {
      do {
        try await withTaskExecutorPreference(BlockingThreads.shared) {
          try await maps.settle()
          try await maps.prove()
        }
      } catch {
        // What is over goes all the same.
        _ = keyFailure(error)
      }
    }
    let records = over.records.filter { !isOfUse($0) }
    for record in records {
      var entry = Entry(.mapExpired, at: clock.timestamp)
      entry.caller = ConfiguredName(record.caller)
      entry.useCase = ConfiguredName(record.useCase)
      entry.vendor = ConfiguredName(record.vendor)
      entry.tags = record.subjects
      try await forget([record], saying: entry, because: .mapExpired)
    }
    if records.isEmpty { maps.flush() }
    guard !over.isAltered else { throw VaultError(.altered(.kept)) }
    return records.count
  }

  /// Whether something that is over tells which attempts are to be closed in the log.
  ///
  /// One was cut off before the start, or a kill may cut it off now; its row opens for nobody all the same.
  private func isOfUse(_ record: KeptRecord) -> Bool {
    guard record.kind == .deferred, carriesOutDeferred else { return false }
    return !deferred.isClosed.isSet || deferred.isRunning(record.object)
  }
}

extension KeptHolder {
  /// Whom a call is for: nobody else finds what is kept of it.
  init(_ caller: Caller, _ useCase: UseCase, _ parties: RequestParties) {
    self.init(
      caller: caller.id.name, useCase: useCase.id.name,
      patient: parties.patient.map { SubjectReference(.patient, $0) },
      user: parties.user.map { SubjectReference(.workforce, $0) })
  }
}
