import Ledger
import Providers
import Synchronization

/// The span of one request at the gateway; it ends once, for a stream with its last event.
final class RequestTrace: Sendable {
  let traces: Traces
  let context: TraceContext
  private let parent: TraceContext?
  private let clock: GatewayClock
  private let operation: Operation
  private let requestID: RequestID
  private let begun: (wall: Int64, at: Int64)
  private let status = Atomic(0)
  private let hasEnded = Atomic(false)

  init(_ traces: Traces, _ call: ModelCall, clock: GatewayClock) {
    self.traces = traces
    self.clock = clock
    operation = call.operation
    requestID = call.requestID
    parent = call.trace
    context = traces.context(under: call.trace)
    begun = (clock.wall() * 1_000_000, clock.monotonic())
  }

  /// Says with which status the answer began.
  func answered(_ code: Int) { status.store(code, ordering: .relaxed) }

  /// Now, in nanoseconds since the Unix epoch.
  var now: Int64 { begun.wall + (clock.monotonic() - begun.at) * 1_000 }

  /// Ends the span.
  func end() {
    guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
    let code = status.load(ordering: .relaxed)
    var span = TraceSpan(
      name: "POST \(operation.path)", kind: .server, context: context, parent: parent?.span, start: begun.wall,
      end: now)
    span.add("http.request.method", "POST")
    span.add("http.route", operation.path)
    span.add("http.response.status_code", code == 0 ? nil : code)
    span.add("cordon.request.id", requestID.description)
    span.hasFailed = code >= 500
    if code >= 500 { span.add("error.type", String(code)) }
    traces.record(span)
  }

  deinit { end() }
}

/// The span of one try at a vendor, with the attributes that OpenTelemetry has for generative AI.
struct AttemptTrace: Sendable {
  let context: TraceContext
  private let request: RequestTrace
  private let route: Admission.Route
  private let operation: Operation
  private let start: Int64

  init(_ request: RequestTrace, _ route: Admission.Route, _ operation: Operation) {
    self.request = request
    self.route = route
    self.operation = operation
    context = request.traces.context(under: request.context)
    start = request.now
  }

  /// Ends the request's span, too.
  func endRequest() { request.end() }

  /// Ends the span.
  func end(_ outcome: Outcome, status: Int, _ usage: TokenUsage?) {
    let name = operation.activity
    var span = TraceSpan(
      name: "\(name) \(route.model)", kind: .client, context: context, parent: request.context.span, start: start,
      end: request.now)
    span.add("gen_ai.operation.name", name)
    span.add("gen_ai.provider.name", route.vendor.kind.provider)
    span.add("gen_ai.request.model", route.model.description)
    span.add("gen_ai.usage.input_tokens", usage?.prompt)
    span.add("gen_ai.usage.output_tokens", usage?.completion)
    span.add("cordon.vendor", route.vendor.id.name)
    span.add("cordon.use_case", route.useCase.id.name)
    span.add("cordon.outcome", outcome.rawValue)
    span.hasFailed = outcome != .completed
    if span.hasFailed { span.add("error.type", status == 200 ? outcome.rawValue : String(status)) }
    request.traces.record(span)
  }
}

extension Operation {
  /// What OpenTelemetry calls what is done.
  fileprivate var activity: String {
    switch self {
    case .embeddings: "embeddings"
    case .completions: "text_completion"
    default: "chat"
    }
  }
}

extension Vendor.Kind {
  /// What OpenTelemetry calls those who speak so.
  fileprivate var provider: String {
    switch self {
    case .openAI: "openai"
    case .azureOpenAI: "azure.ai.openai"
    case .anthropic: "anthropic"
    case .bedrock: "aws.bedrock"
    case .loopback: "cordon"
    case .tools: "mcp"
    }
  }
}
