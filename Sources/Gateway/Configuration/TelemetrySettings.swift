/// Where traces of requests go, if anywhere.
package struct TelemetrySettings: Hashable, Sendable {
  /// The address of a collector that takes OTLP over HTTP, before `/v1/traces`; nil sends no traces.
  package var endpoint: String?
  /// The name of this service in the traces.
  package var service = "cordon"
  /// Whether vendors are told to which trace a request belongs.
  package var tellsVendors = false

  /// No traces.
  package init() {}
}

extension TelemetrySettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("endpoint", "service", "tell_vendors")
    let place = try members.required("endpoint")
    var address = try place.text()
    while address.hasSuffix("/") { address.removeLast() }
    guard address.hasPrefix("https://") || VendorAddress.isLoopback(address) else {
      throw place.error(.wrongForm(expected: "an https address: only 127.0.0.1, [::1] and localhost may do without"))
    }
    endpoint = address
    if let service = members["service"] {
      let id: ConfiguredID<TelemetrySettings> = try service.id()
      self.service = id.name
    }
    if let told = members["tell_vendors"] { tellsVendors = try told.boolean() }
  }
}
