import Ciphers
package import Ledger
package import PHI
package import Providers

/// What a vendor's answers say in headers or members of who has processed them, and what they may say.
///
/// ## What it finds
/// A region that is not the vendor's, and a provider that is neither the vendor nor a subcontractor which the agreement
/// lists for the model, with an agreement of its own in force; and an answer that does not say what it is to say.
///
/// ## What it leaves alone
/// What a vendor does and does not say.
///
/// ## Why
/// 45 CFR 164.502(e)(1)(ii) and 164.504(e)(5): whoever a business associate passes text on to agrees to the same terms.
package struct ProcessorStatement: Hashable, Sendable {
  /// Where answers say in which region they were processed; nil where they do not.
  package var region: RegionName?
  /// Where they say by whom; nil where they do not.
  package var provider: ProviderName?

  /// A place of an answer in which something is said.
  package enum Place: Hashable, Sendable {
    /// A header of this name, in small letters.
    case header(String)
    /// A member of its document, or of those of its events.
    case member(String)
  }

  /// What says where an answer was processed.
  package struct RegionName: Hashable, Sendable {
    package var place: Place
    /// What the vendor calls the region that its entry names, folded.
    package var good: Set<String>
  }

  /// What says who has processed an answer.
  package struct ProviderName: Hashable, Sendable {
    package var place: Place
    /// What the vendor calls subcontractors, folded; who is not here is called as the agreement calls them.
    package var subcontractors: [String: ConfiguredID<Subcontractor>]
  }

  /// The members in which something is said.
  var members: [String] {
    [region?.place, provider?.place].compactMap { place in
      if case .member(let name)? = place { name } else { nil }
    }
  }

  /// What an answer says and may not, or does not say and has to.
  package struct Stray: Hashable, Sendable {
    /// What is said of it.
    package enum Matter: String, Sendable { case region, provider }

    package let matter: Matter
    /// What was said, folded; nil for nothing.
    let said: String?

    /// How entries and operators are told of it: with what was said where that is a name, else with its hash.
    package var recorded: ConfiguredName? {
      guard let said else { return ConfiguredName(matter.rawValue) }
      return ConfiguredName("\(matter.rawValue):\(said)")
        ?? ConfiguredName("\(matter.rawValue):sha256:\(Digest(hashing: Array(said.utf8).span))")
    }
  }

  /// What the headers of an answer say that they may not, to a request for `model` under an agreement.
  package func strays(
    in headers: [(name: String, value: String)], of vendor: ConfiguredID<Vendor>, asked model: ModelName?,
    under agreement: Agreement?, on today: CalendarDate
  ) -> [Stray] {
    strays(of: vendor, asked: model, under: agreement, on: today) { place in
      guard case .header(let name) = place else { return nil }
      return headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
  }

  /// The same of the members of an answer.
  package func strays(
    in members: SaidMembers, of vendor: ConfiguredID<Vendor>, asked model: ModelName?, under agreement: Agreement?,
    on today: CalendarDate
  ) -> [Stray] {
    strays(of: vendor, asked: model, under: agreement, on: today) { place in
      guard case .member(let name) = place else { return nil }
      return members.values[name] ?? []
    }
  }

  /// What is said that may not be, and what is not said; `said` reads a place, nil where it does not know that kind.
  private func strays(
    of vendor: ConfiguredID<Vendor>, asked model: ModelName?, under agreement: Agreement?, on today: CalendarDate,
    _ said: (Place) -> [String]?
  ) -> [Stray] {
    var strays: [Stray] = []
    if let region, let said = said(region.place) {
      strays += Self.strays(.region, said) { region.good.contains($0) }
    }
    if let provider, let said = said(provider.place) {
      let covered = agreement?.subcontractors.filter { $0.hasToDo(with: model) && $0.isCovered(on: today) } ?? []
      let good = Set(covered.map { Self.folded($0.name.name) } + [Self.folded(vendor.name)])
      strays += Self.strays(.provider, said) { said in
        good.contains(provider.subcontractors[said].map { Self.folded($0.name) } ?? said)
      }
    }
    return strays
  }

  /// Each of the values that is not good, or that there is none.
  private static func strays(_ matter: Stray.Matter, _ said: [String], unless isGood: (String) -> Bool) -> [Stray] {
    let said = said.map(folded)
    guard said.contains(where: { !$0.isEmpty }) else { return [Stray(matter: matter, said: nil)] }
    return said.filter { !isGood($0) }.map { Stray(matter: matter, said: $0.isEmpty ? nil : $0) }
  }

  /// A name as names are compared: in small letters, without blanks around it.
  static func folded(_ name: String) -> String {
    var rest = name.lowercased()[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

/// How many bytes of an error are read for who has told it.
private let longestError = 64 << 10

extension LoggedExchange {
  /// Compares what the head of an answer says of who has processed it with what allowed the exchange, and raises an alert
  /// for each that is another; the failure says why nothing of a good answer may be released.
  func strayProcessor(of answer: VendorAnswer) -> Failure? {
    // An error may come from whoever stands before the one that does the work.
    strayProcessor(hasToSay: answer.status == 200) { says, use, agreement, today in
      says.strays(in: answer.headers, of: use.vendor.id, asked: use.model, under: agreement, on: today)
    }
  }

  /// The same of what an answer says in members, which may have to come yet.
  func strayProcessor(saying members: SaidMembers, isWhole: Bool) -> Failure? {
    strayProcessor(hasToSay: isWhole || members.isWhole) { says, use, agreement, today in
      says.strays(in: members, of: use.vendor.id, asked: use.model, under: agreement, on: today)
    }
  }

  /// The same of a whole answer, to one of the models `asked` where others were asked as well.
  ///
  /// An error has nothing to say, but may.
  func strayProcessor(in document: [UInt8], asked: [ModelName]? = nil, isError: Bool = false) -> Failure? {
    guard var members = processorMembers else { return nil }
    members.read(document)
    return strayProcessor(hasToSay: !isError || members.isWhole, asked: asked) { says, use, agreement, today in
      says.strays(in: members, of: use.vendor.id, asked: use.model, under: agreement, on: today)
    }
  }

  /// Reads what an error says in members of who has told it, beside all that comes of it.
  func readProcessor(ofError answer: VendorAnswer) {
    guard processorMembers != nil, MediaType.name(in: answer.contentType) == "application/json" else { return }
    gateway.afterwork.begin(stoppedBy: interruption) {
      var received: [UInt8] = []
      var pieces = answer.body.makeAsyncIterator()
      while let piece = try? await pieces.next() {
        guard received.count + piece.count <= longestError, (try? admit(piece, after: received.count)) != nil else {
          return
        }
        received += piece
      }
      _ = strayProcessor(in: received, isError: true)
    }
  }

  /// What reads the members in which answers say who has processed them; nil where there are none.
  var processorMembers: SaidMembers? {
    let names = allowances.flatMap { $0.ending?.isOwed == true ? [] : $0.use.vendor.says?.members ?? [] }
    return names.isEmpty ? nil : SaidMembers(names)
  }

  private func strayProcessor(
    hasToSay: Bool, asked: [ModelName]? = nil,
    _ strays: (ProcessorStatement, VendorUse, Agreement?, CalendarDate) -> [ProcessorStatement.Stray]
  ) -> Failure? {
    let today = gateway.clock.today
    var hasStrays = false
    // Where only an end is made of what the vendor keeps, there may be no agreement any more to compare with.
    let ofAsked = allowances.filter { allowance in allowance.use.model.map { asked?.contains($0) == true } ?? false }
    // What nobody is known to have asked is held to all.
    for allowance in ofAsked.isEmpty ? allowances : ofAsked where allowance.ending?.isOwed != true {
      let use = allowance.use
      guard let says = use.vendor.says else { continue }
      for stray in strays(says, use, allowance.agreement, today) where hasToSay || stray.said != nil {
        gateway.keyUse.noticed(Alert(stray, of: use.vendor.id), at: gateway.clock.wall())
        hasStrays = true
      }
    }
    return hasStrays ? .vendor(.otherProcessor) : nil
  }
}
