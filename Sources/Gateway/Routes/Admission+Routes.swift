package import Ledger
import PHI

extension Admission {
  /// The route by which a use leaves on a day; nil for what stays inside, or where the configuration has no routes.
  func egress(of use: VendorUse, on today: CalendarDate) -> Result<EgressRoute?, Refusal> {
    guard use.vendor.isOutside, let routes else { return .success(nil) }
    let leading = routes.filter { $0.leads(use.useCase.id, to: use.vendor.id) }
    if let open = leading.first(where: { $0.isOpen(on: today) }) { return .success(open) }
    guard let last = leading.max(by: { $0.expires < $1.expires }) else {
      let fact = "no route leads use case `\(use.useCase.id)` to vendor `\(use.vendor.id)`"
      return .failure(Refusal(.noRoute, fact))
    }
    return .failure(last.closed(on: today))
  }
}

extension Vendor {
  /// The machine that it is reached at, as entries name it: scheme, host and port, without the brackets of an address;
  /// nil for what is inside this process, or a name that is too long for one.
  package var destination: ConfiguredName? {
    guard let place = kind.place else { return nil }
    let scheme = place.baseURL.hasPrefix("http://") ? "http" : "https"
    let host = place.host.filter { $0 != "[" && $0 != "]" }
    let hasPort = place.host.last != "]" && place.host.split(separator: "]").last?.contains(":") == true
    return ConfiguredName("\(scheme)://\(host)\(hasPort ? "" : scheme == "http" ? ":80" : ":443")")
  }
}

extension Entry {
  /// Says by which route something goes to which machine, and on which basis: the record of a disclosure.
  mutating func name(_ route: EgressRoute?, to vendor: Vendor) {
    self.route = route?.id.recorded
    basis = route?.basis.recorded
    justification = route?.justification
    destination = vendor.destination
  }
}
