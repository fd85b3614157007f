import Dispatch

/// Threads for what waits for a disk or a database, so that those which serve sockets never do.
///
/// The tasks of the gateway run on its event loops (decision 6). A vault whose file another process has locked makes its
/// caller wait for seconds; on an event loop everything else would wait with it.
final class BlockingThreads: TaskExecutor {
  static let shared = BlockingThreads()

  private let queue = DispatchQueue(label: "cordon.blocking", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
