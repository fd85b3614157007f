import ArgumentParser
import Bytes
import Gateway
import Ledger
import PHI

/// `cordon grant unused`: what should be removed.
struct GrantUnusedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unused", abstract: "Propose for removal what was given long ago and not used since.",
    discussion: """
      Nothing is proposed that was given within the time, nor on the strength of a log that is younger than that or cannot be \
      read. A running gateway looks once a day by itself. What is proposed is removed by `cordon grant remove PROPOSAL`.
      """)

  @OptionGroup var options: GrantOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "For how many days it has to be unused (default: `access.unused_days`, else 90).", valueName: "days"))
  var days: Int?

  @Option(
    name: .long,
    help: ArgumentHelp("As it will be, or was, at the end of this day (UTC; default: now).", valueName: "day"))
  var on: CalendarDate?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let days, !(1...3_650).contains(days) { throw ValidationError("There are 1 to 3650 days.") }
  }

  func run() async throws {
    let end = on.flatMap { Timestamp("\($0)T23:59:59.999Z") }
    let desk = try await GrantDesk.open(options, days: days, at: end)
    let review = desk.review
    guard !json else {
      let counts = Dictionary(grouping: review.items, by: \.finding.name).mapValues(\.count)
      StandardOutput.line(
        String(
          decoding: JSONValue.object([
            JSONMember("days", .integer(review.days)), JSONMember("entries", .integer(review.entries)),
            JSONMember("log_begins", review.begins.map { .string($0.description) } ?? .null),
            JSONMember("proposals", .array(review.proposals.map(desk.json))),
            JSONMember(
              "grants", .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })),
          ]).bytes, as: UTF8.self))
      return
    }
    for item in review.proposals {
      guard case .unused(let proposal) = item.finding, let given = item.given else { continue }
      let used = item.used.map { "last used \($0.day)" } ?? "never used"
      let lifted = desk.lifted(without: item)
      let more = lifted.isEmpty ? "" : "; without it \(lifted.asNames) may allow more"
      StandardOutput.line("\(proposal)  \(item.id)  given \(given.day), \(used)  [\(item.grant.words)]\(more)")
    }
    let reasons: [(GrantReview.Finding, String)] = [
      (.young, "given within \(review.days) days"), (.unrecorded, "not yet in the log: no gateway has begun with them"),
      (.logTooShort, "not known: the log is younger than \(review.days) days"),
    ]
    for (finding, words) in reasons {
      let count = review.items.count { $0.finding == finding }
      if count > 0 { StandardOutput.line("not proposed: \(count) \(words)") }
    }
    let count = review.proposals.count
    StandardOutput.line("\(count) proposed for removal, unused for \(review.days) days; \(desk.evidence)")
  }
}
