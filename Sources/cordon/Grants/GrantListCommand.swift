import ArgumentParser
import Bytes
import Gateway
import Ledger

/// `cordon grant list`: every grant of a configuration.
struct GrantListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print every grant, since when it is given, and when it was used last.",
    discussion: """
      Read from the whole log, against the vault's key: a grant is used where a request is let through by it, or refused for \
      another reason. What was removed or has ended is said, with the line of the configuration that grants nothing any more. \
      With --json one object a line. After a restore the last lines say what `cordon grant settle` takes.
      """)

  @OptionGroup var options: GrantOptions

  @Flag(name: .long, help: "Print JSON, one grant a line.")
  var json = false

  func run() async throws {
    let desk = try await GrantDesk.open(options)
    guard !json else {
      for item in desk.review.items { StandardOutput.line(String(decoding: desk.json(item).bytes, as: UTF8.self)) }
      return
    }
    var table = [["GRANT", "GIVEN", "LAST USED", "STATE"]]
    for item in desk.review.items {
      table.append([
        "\(item.id)", item.given?.day ?? "-", item.used?.day ?? "never", desk.state(of: item),
      ])
    }
    let widths = table[0].indices.map { column in table.map { $0[column].utf8.count }.max() ?? 0 }
    for row in table {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.utf8.count) }
      StandardOutput.line(String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()))
    }
    StandardOutput.line(desk.evidence)
    for line in desk.restoreLines { StandardOutput.line(line) }
  }
}

extension GrantDesk {
  /// How a grant stands, in words.
  fileprivate func state(of item: GrantReview.Item) -> String {
    var words: [String]
    switch item.finding {
    case .lapsed(.removed):
      let removal = removed.removals[item.id]
      let by = [
        removal?.time.map { "on \($0.day)" }, removal?.person.map { "by \($0)" }, removal?.reason.map { ": \($0)" },
      ]
      words = ["removed"] + by.compactMap(\.self)
    case .lapsed(let lapse): words = [lapse.words]
    default:
      let isHeld = self.removed.restore?.holds == true
      words = [isHeld ? "held" : "in force"] + (item.terms.until.map { ["until \($0)"] } ?? [])
    }
    if case .lapsed = item.finding, let line = item.terms.line { words.append("(line \(line))") }
    if case .user = item.grant.holder { words.append("[\(item.grant.words)]") }
    return words.joined(separator: " ")
  }
}
