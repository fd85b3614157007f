/// The ways in to all vendors.
struct VendorLines: Sendable {
  /// In the order of the configuration.
  let all: [(vendor: ConfiguredID<Vendor>, line: VendorLine)]
  private let byVendor: [ConfiguredID<Vendor>: VendorLine]

  /// One for each vendor of a configuration; those of `former` that nothing has changed go on as they are.
  init(_ configuration: Configuration, keeping former: VendorLines? = nil, clock: GatewayClock) {
    all = configuration.vendors.map { vendor in
      if let line = former?[vendor.id], line.bounds == vendor.bounds, line.settings == configuration.reliability {
        return (vendor.id, line)
      }
      return (vendor.id, VendorLine(vendor.bounds, configuration.reliability, clock: clock))
    }
    byVendor = Dictionary(uniqueKeysWithValues: all.map { ($0.vendor, $0.line) })
  }

  subscript(vendor: ConfiguredID<Vendor>) -> VendorLine? { byVendor[vendor] }
}
