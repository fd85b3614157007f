import Ciphers
package import Ledger
package import PHI

/// What a vendor's answers say in their headers of who has processed them, and what they may say.
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
  package var region: RegionHeader?
  /// Where they say by whom; nil where they do not.
  package var provider: ProviderHeader?

  /// A header that says where an answer was processed.
  package struct RegionHeader: Hashable, Sendable {
    /// Its name, in small letters.
    package var name: String
    /// What the vendor calls the region that its entry names, folded.
    package var good: Set<String>
  }

  /// A header that says who has processed an answer.
  package struct ProviderHeader: Hashable, Sendable {
    /// Its name, in small letters.
    package var name: String
    /// What the vendor calls subcontractors, folded; who is not here is called as the agreement calls them.
    package var subcontractors: [String: ConfiguredID<Subcontractor>]
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
    var strays: [Stray] = []
    if let region {
      strays += Self.strays(.region, region.name, in: headers) { region.good.contains($0) }
    }
    if let provider {
      let covered = agreement?.subcontractors.filter { $0.hasToDo(with: model) && $0.isCovered(on: today) } ?? []
      let good = Set(covered.map { Self.folded($0.name.name) } + [Self.folded(vendor.name)])
      strays += Self.strays(.provider, provider.name, in: headers) { said in
        good.contains(provider.subcontractors[said].map { Self.folded($0.name) } ?? said)
      }
    }
    return strays
  }

  /// Each of a header's values that is not good, or that there is none.
  private static func strays(
    _ matter: Stray.Matter, _ header: String, in headers: [(name: String, value: String)],
    unless isGood: (String) -> Bool
  ) -> [Stray] {
    let said = headers.filter { $0.name.lowercased() == header }.map { folded($0.value) }
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

extension LoggedExchange {
  /// Compares what the head of an answer says of who has processed it with what allowed the exchange, and raises an alert
  /// for each that is another; the failure says why nothing of a good answer may be released.
  func strayProcessor(of answer: VendorAnswer) -> Failure? {
    let today = gateway.clock.today
    var hasStrays = false
    // Where only an end is made of what the vendor keeps, there may be no agreement any more to compare with.
    for allowance in allowances where !allowance.ends {
      let vendor = allowance.use.vendor
      guard let says = vendor.says else { continue }
      let strays = says.strays(
        in: answer.headers, of: vendor.id, asked: allowance.use.model, under: allowance.agreement, on: today)
      // An error may come from whoever stands before the one that does the work.
      for stray in strays where answer.status == 200 || stray.said != nil {
        gateway.keyUse.noticed(Alert(stray, of: vendor.id), at: gateway.clock.wall())
        hasStrays = true
      }
    }
    return hasStrays ? .vendor(.otherProcessor) : nil
  }
}
