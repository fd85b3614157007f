import ArgumentParser
import Gateway
import Ledger

/// `cordon log export`: the log in the formats of other systems.
struct LogExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the log in a format of another system, or send it there.",
    discussion: """
      It exports what the published checkpoint covers, in order, and adds nothing to the log. Each record carries the \
      log's name, its index, the hash of its leaf and the size of the checkpoint: with --check they show whether what \
      arrived is whole. With --resume it begins after the entry that the file names, and refuses when the log no \
      longer has that entry; the file is written when all was written or sent.

      Exits 0 when done or whole, 1 when a check finds a fault, 65 when the log does not continue the last export, 66 \
      when there is no log, 69 when the receiver cannot be reached.
      """)

  @OptionGroup var directory: DataDirectory

  @Option(name: .long, help: "fhir, fhir-bundle, dicom, ocsf or cef.")
  var format = ExportFormat.fhir

  @Option(name: .long, help: ArgumentHelp("Only entries from this index on.", valueName: "index"))
  var from: UInt64?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only entries up to this index; or where to send: syslog+tls://, syslog+tcp:// or syslog+udp://host:port.",
      valueName: "index|url"))
  var to: [ExportBound] = []

  @Option(name: .long, help: ArgumentHelp("Only entries from this day or moment (UTC) on.", valueName: "time"))
  var since: Timestamp?

  @Option(name: .long, help: ArgumentHelp("Only entries before this day or moment (UTC).", valueName: "time"))
  var until: Timestamp?

  @Option(
    name: .long, help: ArgumentHelp("Only entries of this event; may be given several times.", valueName: "event"))
  var event: [Event] = []

  @Option(name: .long, help: ArgumentHelp("Write to this file, whole or not at all.", valueName: "file"))
  var output: String?

  @Option(name: .long, help: ArgumentHelp("The certificates that the receiver's is checked with.", valueName: "file"))
  var ca: String?

  @Option(name: .long, help: ArgumentHelp("The certificate to show to the receiver, in PEM.", valueName: "file"))
  var certificate: String?

  @Option(name: .long, help: ArgumentHelp("The private key of that certificate, in PEM.", valueName: "file"))
  var certificateKey: String?

  @Option(name: .long, help: ArgumentHelp("Go on after the entry that this file names.", valueName: "file"))
  var resume: String?

  @Option(name: .long, help: ArgumentHelp("Check an export that arrived elsewhere.", valueName: "file"))
  var check: String?

  @Flag(name: .long, help: "With --check: look only for gaps, without the log.")
  var withoutLog = false

  func validate() throws {
    guard to.filter({ $0.receiver != nil }).count < 2, to.filter({ $0.index != nil }).count < 2 else {
      throw ValidationError("--to takes one index and one receiver")
    }
    if receiver != nil, output != nil { throw ValidationError("--output and a receiver exclude each other") }
    if receiver != nil, !format.isStream { throw ValidationError("a bundle cannot be sent by syslog: use fhir") }
    if ca != nil || certificate != nil, receiver?.transport != .tls {
      throw ValidationError("--ca and --certificate belong to syslog+tls://")
    }
    if (certificate == nil) != (certificateKey == nil) {
      throw ValidationError("--certificate and --certificate-key belong together")
    }
    if check != nil, output != nil || receiver != nil || resume != nil {
      throw ValidationError("--check writes nothing: leave --output, --to and --resume away")
    }
    if withoutLog, check == nil { throw ValidationError("--without-log belongs to --check") }
  }

  func run() async throws {
    if let check { return try ExportComparison(selection: selection, file: check, directory, withoutLog).run() }
    let key = try directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }
    let cursorFile = resume.map(CursorFile.init)
    let export = LogExport(
      data: directory.data, key: key, selection: selection, cursor: try cursorFile?.read(),
      exporter: Exporter(format, version: Cordon.configuration.version))
    let cursor: ExportCursor?
    do {
      if let receiver {
        cursor = try await export.send(
          to: receiver,
          trust: SyslogTrust(authorities: ca, certificate: certificate, privateKey: certificateKey))
      } else {
        cursor = try export.write(to: output)
      }
    } catch let error as ExportError {
      throw CommandFailure(error, directory.data)
    } catch let error as DeliveryFailure {
      throw CommandFailure(error)
    } catch let error as FileFailure {
      throw CommandFailure(.outputFailed, error.message)
    }
    if let cursor { try cursorFile?.write(cursor) }
  }

  private var receiver: SyslogReceiver? { to.lazy.compactMap(\.receiver).first }

  private var selection: ExportSelection {
    var selection = ExportSelection()
    selection.first = from ?? 0
    selection.last = to.lazy.compactMap(\.index).first
    selection.since = since
    selection.until = until
    selection.events = event.isEmpty ? nil : Set(event)
    return selection
  }
}

extension ExportFormat: ExpressibleByArgument {}

/// What `--to` takes: the last index, or where records are sent.
enum ExportBound: Hashable, Sendable, ExpressibleByArgument {
  case index(UInt64)
  case receiver(SyslogReceiver)

  init?(argument: String) {
    if let index = UInt64(argument) {
      self = .index(index)
    } else if let receiver = SyslogReceiver(argument) {
      self = .receiver(receiver)
    } else {
      return nil
    }
  }

  var index: UInt64? { if case .index(let index) = self { index } else { nil } }
  var receiver: SyslogReceiver? { if case .receiver(let receiver) = self { receiver } else { nil } }
}

extension CommandFailure {
  /// The failure that an export of the log in `data` ends with.
  init(_ error: ExportError, _ data: String) {
    let code: Code = error.code == .ledger(LedgerError(.missing)) ? .noInput : .unreadableInput
    self.init(code, "\(data): \(error)")
  }
}

extension CommandFailure {
  /// The failure of an export to reach its receiver.
  init(_ failure: DeliveryFailure) {
    switch failure.code {
    case .unreachable, .broken, .unconfirmed: self.init(.unavailable, "\(failure)")
    case .noCertificate, .noPrivateKey: self.init(.badConfiguration, "\(failure)")
    }
  }
}
