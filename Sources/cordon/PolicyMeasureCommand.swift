import ArgumentParser
import Bytes
import Policy

/// `cordon policy measure`: tells how long a decision takes.
struct PolicyMeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Decide requests, one JSON object a line, again and again, and tell how long it takes.",
    discussion: "Requests are read before the clock starts; each decision is timed by itself, on one core.")

  @OptionGroup var files: PolicyFiles

  @Option(name: .long, help: ArgumentHelp("How often to decide each request.", valueName: "count"))
  var rounds = 20

  func run() throws {
    let schema = try files.readSchema()
    let authorizer = try files.readAuthorizer()
    let entities = try files.readEntities(schema)
    var requests: [AccessRequest] = []
    while let line = readLine() {
      guard !line.isEmpty else { continue }
      requests.append(
        try PolicyFile.naming("standard input") { () throws(PolicyError) in
          try AccessRequest(json: JSONValue(policyDocument: Array(line.utf8)), schema: schema)
        })
    }
    guard !requests.isEmpty, rounds > 0 else { throw CommandFailure(.noInput, "no request to decide") }
    var nanoseconds: [Int] = []
    nanoseconds.reserveCapacity(requests.count * rounds)
    var allowed = 0
    for _ in 0..<rounds {
      for request in requests {
        let start = ContinuousClock.now
        let decision = authorizer.decide(request, entities)
        nanoseconds.append(Int(start.duration(to: .now) / .nanoseconds(1)))
        allowed += decision.isAllowed ? 1 : 0
      }
    }
    nanoseconds.sort()
    func microseconds(_ percent: Int) -> String {
      let value = nanoseconds[(nanoseconds.count - 1) * percent / 100] / 10
      return "\(value / 100).\(value / 10 % 10)\(value % 10)"
    }
    StandardOutput.line(
      "\(authorizer.statements.count) policies, \(entities.count) entities, \(requests.count) requests "
        + "of which \(allowed / rounds) allowed")
    StandardOutput.line("p50 \(microseconds(50)) us, p90 \(microseconds(90)) us, p99 \(microseconds(99)) us")
  }
}
