import Bytes
import Deidentification
import Ledger
import Providers

/// Makes a caller's lines of a vendor's: names, ids and identifiers are put back, and what the model made up is taken out,
/// as in a live answer.
struct LineRestoration: Sendable {
  /// How many lines were restored.
  private(set) var lines = 0
  /// The identifiers that nobody had given.
  private(set) var novel = IdentifierCounts()
  /// The identifiers that the caller was given back.
  private(set) var restored = IdentifierCounts()
  /// How many calls of tools the caller was given with their tokens, for where they go.
  private(set) var withheldCalls = 0
  /// What the answers have cost, and their prompts.
  private(set) var cost = TokenCost()
  /// The models that have answered, by those that were asked.
  private(set) var served: [ResourceExchange.Served] = []
  /// The requests whose results have come.
  private var answered: Set<Int> = []
  private let requests: [KeptRequest]
  private let head: KeptHead
  private let vendor: Vendor
  private let useCase: UseCase
  private let detection: RequestDetection
  private let credentials: CredentialsInForce
  private let requestID: RequestID
  private let stray: Stray

  /// Why what somebody has processed may not be handed out, as the answer to one of these models says; nil when it may.
  typealias Stray = @Sendable (_ answer: [UInt8], _ asked: [ModelName], _ isError: Bool) -> Failure?

  /// How many models that have answered are remembered: a vendor may name another in each line.
  private static let mostServed = 64

  /// - Parameters:
  ///   - requests: what is kept of the requests.
  ///   - head: what the lines are of.
  ///   - vendor: who has made them, and which of its models have to.
  ///   - useCase: what may be restored, and what becomes of what is new.
  ///   - detection: what finds identifiers.
  ///   - credentials: what nobody is shown.
  ///   - requestID: the call that the lines are for.
  ///   - stray: what compares who has processed an answer with what was agreed.
  init(
    _ requests: [KeptRequest], of head: KeptHead, at vendor: Vendor, for useCase: UseCase,
    by detection: RequestDetection, hiding credentials: CredentialsInForce, carrying requestID: RequestID,
    comparing stray: @escaping Stray
  ) {
    self.requests = requests
    self.head = head
    self.vendor = vendor
    self.useCase = useCase
    self.detection = detection
    self.credentials = credentials
    self.requestID = requestID
    self.stray = stray
  }

  /// A line as its caller may have it, with its end.
  mutating func restored(_ line: [UInt8]) throws(VendorFailure) -> [UInt8] {
    lines += 1
    let written = try head.role == .input ? request(line) : result(line)
    return written + [0x0A]
  }

  /// A line of the caller's own file.
  private mutating func request(_ line: [UInt8]) throws(VendorFailure) -> [UInt8] {
    let sent: SentItem
    do {
      sent = try SentItem(line)
    } catch {
      throw VendorFailure(.unexpectedAnswer)
    }
    let request = try request(at: sent.place)
    let tally = AnswerTally()
    let given = GivenText(request.text, request.map)
    let written = sent.written(naming: request.customID, calling: request.names) { isJSON in
      restoration(
        request, given, isNew: false, isJSON ? TextChannel(.toolArguments(call: 0)) : TextChannel(.other), tally)
    }
    restored.add(tally.restored)
    return written
  }

  /// A line of a batch's results.
  private mutating func result(_ line: [UInt8]) throws(VendorFailure) -> [UInt8] {
    let result: BatchResult
    do {
      result = try BatchResult(line, in: head.operation.dialect)
    } catch {
      throw VendorFailure(.unexpectedAnswer)
    }
    let request = try request(at: result.place)
    // Whoever reads results by their names would take the last, whichever is right.
    guard answered.insert(result.place).inserted else { throw VendorFailure(.unexpectedAnswer) }
    let tally = AnswerTally()
    let given = GivenText(request.text, request.map)
    let outcome = answer(in: result, to: request, given, tally)
    defer { novel.add(tally.novel) }
    var content: [UInt8]?
    switch outcome {
    case .failed(let failure): return failed(failure, request)
    case .told(let bytes): content = bytes
    }
    defer {
      restored.add(tally.restored)
      withheldCalls += tally.withheldCalls
    }
    return result.written(naming: request.customID, telling: content) { text in
      var rewriter = restoration(request, given, TextChannel(.other), tally)
      return rewriter.whole(text.span)
    }
  }

  /// What stands in a line in the place of what the vendor said.
  private enum Telling {
    case told([UInt8]?)
    case failed(Failure)
  }

  private mutating func answer(
    in result: BatchResult, to request: KeptRequest, _ given: GivenText, _ tally: AnswerTally
  ) -> Telling {
    switch result.ending {
    case .answered:
      guard let answer = result.answer,
        let rewritten = try? ModelAnswer(
          rewriting: answer, for: head.operation, naming: request.names,
          with: { restoration(request, given, $0, tally) })
      else { return .failed(.vendor(.unexpectedAnswer)) }
      cost.add(rewritten.usage, estimate: request.text.count / 4 + TokenEstimate.tokens(in: answer))
      if let failure = stray(answer, asked(request), false) { return .failed(failure) }
      guard isPinned(rewritten.model, asking: request) else { return .failed(.vendor(.otherModel)) }
      guard !tally.isBlocked else { return .failed(.novelIdentifier) }
      return .told(rewritten.body)
    case .failed(let status, _):
      // What the vendor told is handed out to nobody.
      if let told = result.told { _ = stray(told, asked(request), true) }
      return .told(error(.vendorStatus(status), result.told))
    case .unanswered(let code, let range): return .told(range == nil ? nil : unanswered(code))
    }
  }

  /// The model that a request has asked, or all of them where that is not known.
  private func asked(_ request: KeptRequest) -> [ModelName] { request.model.map { [$0] } ?? head.models }

  /// Whether the model that has answered a request may have, whichever was asked where that is not known.
  private mutating func isPinned(_ model: String?, asking request: KeptRequest) -> Bool {
    let asked = asked(request)
    if asked.count == 1, let name = model.flatMap({ ModelName($0) }) {
      let one = ResourceExchange.Served(asked: asked[0], model: name)
      if !served.contains(one), served.count < Self.mostServed { served.append(one) }
    }
    return asked.allSatisfy { vendor.isPinned(model, asking: $0, for: head.operation) }
  }

  /// The line of a request whose answer may not be handed out.
  private func failed(_ failure: Failure, _ request: KeptRequest) -> [UInt8] {
    switch head.operation.dialect {
    case .openAI: BatchResult.line(naming: request.customID, failing: failure.error)
    case .anthropic: BatchResult.line(naming: request.customID, telling: error(failure))
    }
  }

  /// A failure in Cordon's words; of what the vendor `told` instead of an answer, the kind passes.
  private func error(_ failure: Failure, _ told: [UInt8]? = nil) -> [UInt8] {
    switch head.operation.dialect {
    case .openAI: return failure.error.body
    case .anthropic:
      let kind = told.flatMap { try? JSONValue(parsing: $0) }?["error"]?["type"]?.string.flatMap(
        AnthropicError.Kind.init(rawValue:))
      return AnthropicError(
        kind.map { "the vendor refused the request: `\($0.rawValue)`" } ?? failure.error.message,
        kind: kind ?? AnthropicError.Kind(status: failure.status), requestID: requestID.description
      ).body
    }
  }

  private func unanswered(_ code: String?) -> [UInt8] {
    BatchResult.error(code ?? "vendor_error", saying: "the vendor has not carried out the request")
  }

  private func request(at place: Int) throws(VendorFailure) -> KeptRequest {
    guard requests.indices.contains(place) else { throw VendorFailure(.unexpectedAnswer) }
    return requests[place]
  }

  private func restoration(
    _ request: KeptRequest, _ given: GivenText, isNew: Bool = true, _ channel: TextChannel, _ tally: AnswerTally
  ) -> Restoration {
    let rules = Restoration.Rules(
      map: request.map, revealing: IdentifierSet(useCase.restores), novelty: isNew ? useCase.novelty : .pass,
      given: given, answersInJSON: request.wantsJSON, toolHosts: isNew ? useCase.toolHosts : nil,
      credentials: credentials)
    return Restoration(rules, in: channel, by: detection, tally: tally)
  }
}
