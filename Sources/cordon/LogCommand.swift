import ArgumentParser
import Ledger

/// `cordon log`: what the log says, and whether it is whole.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Check, read, prove and export the log.",
    subcommands: [
      LogVerifyCommand.self, LogShowCommand.self, LogSearchCommand.self, LogShardsCommand.self, LogProveCommand.self,
      LogReceiptCommand.self, LogExportCommand.self, LogCopyCommand.self, LogWitnessCommand.self,
      LogKeyCommand.self, LogFsckCommand.self, LogRebuildCommand.self, LogVersionCommand.self,
      LogInteractionsCommand.self, LogMeasureCommand.self,
    ])
}

/// Where the log is.
struct DataDirectory: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The data directory.", valueName: "directory"))
  var data = "cordon-data"

  /// The logs that are meant: the directory's own, or with `--root` every shard and the directory's own, if it has one.
  func logs(root: Bool) throws -> [ShardedLog.Log] {
    guard root else { return [ShardedLog.Log(data: data)] }
    return try reading { data throws(LedgerError) in try ShardedLog.logs(of: data) }
  }

  /// The same of what may fail otherwise, too.
  func readingAll<Value>(_ read: (String) throws -> Value) throws -> Value {
    do {
      return try read(data)
    } catch let error as LedgerError {
      throw failure(error)
    }
  }

  /// What `read` gives, or the failure that says why it cannot.
  func reading<Value>(_ read: (String) throws(LedgerError) -> Value) throws -> Value {
    do throws(LedgerError) {
      return try read(data)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: LedgerError) -> CommandFailure {
    CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(data): \(error)")
  }
}
