import Bytes
import Ledger
import Providers

/// A safe request as it goes to its vendor, and the way back for the answer.
struct Outbound: Sendable {
  /// What goes to the vendor.
  var request: OutboundRequest
  /// What the client asked for, and gets its answer as.
  let operation: Operation
  /// The way back into the client's dialect; nil when the vendor speaks it.
  private let translated: TranslatedRequest?

  /// The request as it goes by `route`; `model` is the one that its body names.
  init(
    _ safe: SafeRequest, _ call: ModelCall, _ route: Admission.Route, asking model: ModelName
  ) throws(TranslationError) {
    operation = call.operation
    let outbound = route.carriage.operation(for: operation)
    var body = safe.body
    if route.model != model { body = try Self.body(body, naming: route.model) }
    switch route.carriage {
    case .direct: translated = nil
    case .translated(let translation, _):
      let translated = try translation.request(body)
      body = translated.body
      self.translated = translated
    }
    let isUnsaid = safe.settings.storage == .unsaid || route.carriage != .direct
    if isUnsaid, outbound.isKept, route.vendor.declinesStorage { body = ModelRequest.decliningStorage(body) }
    if case .bedrock = route.vendor.kind { body = try Self.bedrock(body, call.version) }
    var request = OutboundRequest(
      outbound, requestID: call.requestID.description, model: route.model.description, body: body,
      isStreaming: safe.settings.isStreaming)
    request.version = call.version
    self.request = request
  }

  private static func body(_ body: [UInt8], naming model: ModelName) throws(TranslationError) -> [UInt8] {
    do throws(JSONError) {
      return try ModelRequest.body(body, naming: model.description)
    } catch {
      throw TranslationError(.malformedJSON(error.code))
    }
  }

  private static func bedrock(_ body: [UInt8], _ version: InterfaceVersion) throws(TranslationError) -> [UInt8] {
    do throws(JSONError) {
      return try BedrockRequest.body(of: body, features: version.features)
    } catch {
      throw TranslationError(.malformedJSON(error.code))
    }
  }

  /// The vendor's whole answer in the client's dialect; `moment` is in seconds of Unix time.
  func answer(_ received: [UInt8], at moment: Int) throws(TranslationError) -> [UInt8] {
    guard let translated else { return received }
    return try translated.answer(received, created: moment)
  }

  /// The vendor's events in the client's dialect; nil when they are in it already.
  func stream(at moment: Int) -> TranslatedStream? { translated?.stream(created: moment) }
}

extension Refusal {
  /// What a request is refused by that its vendor's dialect cannot say.
  init(_ error: TranslationError, from vendor: Vendor) {
    self.init(.notTranslated, "vendor `\(vendor.id)` speaks another dialect: \(error)")
  }
}
