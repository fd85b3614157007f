import Synchronization

/// Output of many documents worked on at once, written in the order of the documents.
final class OrderedOutput: Sendable {
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var output: OutputFile
    var waiting: [Int: (bytes: [UInt8], complaint: (@Sendable () -> Void)?)] = [:]
    var next = 0
    var failure: FileFailure?
    var separator: [UInt8]
    var hasWritten = false
  }

  /// Writes to `output`, with `separator` between the parts that are not empty.
  init(_ output: consuming OutputFile, separator: [UInt8] = []) {
    state = Mutex(State(output: output, separator: separator))
  }

  /// What went wrong while writing.
  var failure: FileFailure? { state.withLock { $0.failure } }

  /// Hands over the output of the document at `index`, empty when it has none; `complaint` is made when its turn comes.
  func put(_ bytes: [UInt8], at index: Int, complaint: (@Sendable () -> Void)? = nil) {
    state.withLock { state in
      state.waiting[index] = (bytes, complaint)
      while let (ready, complaint) = state.waiting.removeValue(forKey: state.next) {
        state.next += 1
        complaint?()
        guard !ready.isEmpty else { continue }
        write(state.hasWritten ? state.separator + ready : ready, &state)
        state.hasWritten = true
      }
    }
  }

  /// Writes bytes that belong to no document.
  func write(_ bytes: [UInt8]) { state.withLock { write(bytes, &$0) } }

  /// Puts the output in its place, unless writing failed.
  func commit() throws(FileFailure) {
    let failure = state.withLock { state -> FileFailure? in
      if let failure = state.failure { return failure }
      do throws(FileFailure) {
        try state.output.commit()
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private func write(_ bytes: [UInt8], _ state: inout State) {
    guard state.failure == nil else { return }
    do throws(FileFailure) {
      try state.output.write(bytes)
    } catch {
      state.failure = error
    }
  }
}
