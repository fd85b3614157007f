import Foundation

/// How many cores the process may use.
enum ProcessorCount {
  static var online: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
