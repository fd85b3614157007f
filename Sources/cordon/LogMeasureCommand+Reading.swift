import Ledger
import PHI

extension LogMeasureCommand {
  /// Tells how long a receipt takes, with nothing kept from the one before and with the tiles read before.
  func measureReceipts(of data: String) throws {
    let key = try Custody.verifier(data: data)
    var kept = try ReceiptWriter(data: data, key: key)
    let size = kept.checkpoint.size
    let fresh = try times(1000) {
      let index = UInt64.random(in: 0..<size)
      var writer = try ReceiptWriter(data: data, key: key, covering: index)
      _ = try writer.receipt(of: index).bytes
    }
    let next = try times(1000) { _ = try kept.receipt(of: UInt64.random(in: 0..<size)).bytes }
    StandardOutput.line(
      "receipt opening the log \(fresh), of the open log \(next), \(ProcessUsage.now().peakMegabytes) MB at most")
  }

  /// Tells how long the search index takes to take the log in, and to answer.
  func measureSearch(of data: String) throws {
    let start = ContinuousClock.now
    let before = ProcessUsage.now()
    let index = try SearchIndex(data: data)
    let coverage = try index.update()
    let seconds = start.duration(to: .now) / .seconds(1)
    let spent = (ProcessUsage.now() - before).seconds / Double(coverage.covered) * 1e6
    var one = SearchQuery()
    let request = try times(200) {
      one.request = MeasuredEntry.request(Int.random(in: 0..<inFlight), 0)
      guard try index.search(one).count == 1 else { throw CommandFailure(.unreadableInput, "an entry was not found") }
    }
    var many = SearchQuery()
    many.names = [.caller: "ward-7", .vendor: "openai"]
    let newest = try times(50) { _ = try index.search(many, limit: 100) }
    let count = try times(50) { _ = try index.count(many) }
    StandardOutput.line(
      "search took in \(coverage.covered) entries: \(Int(Double(coverage.covered) / seconds)) entries/s, "
        + "\(tenths(spent)) us CPU an entry; one request \(request), newest 100 of all \(newest), a count \(count), "
        + "\(ProcessUsage.now().peakMegabytes) MB at most")
  }

  /// The median and the 99th percentile of what `body` takes.
  private func times(_ count: Int, _ body: () throws -> Void) rethrows -> String {
    var times: [Double] = []
    for _ in 0..<count {
      let start = ContinuousClock.now
      try body()
      times.append(start.duration(to: .now) / .microseconds(1))
    }
    times.sort()
    return "\(Int(times[count / 2])) us (p99 \(Int(times[count * 99 / 100])))"
  }
}
