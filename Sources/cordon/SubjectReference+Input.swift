import Gateway
import Vault

extension SubjectReference {
  /// The first line of a file, or of standard input where there is none: so that no name stands among a process's arguments.
  init(reading kind: Kind, from path: String?) throws {
    let text: String
    if let path {
      guard let bytes = TextFile.contents(of: path) else { throw CommandFailure(.noInput, "\(path): cannot be read") }
      text = String(decoding: bytes, as: UTF8.self)
    } else {
      text = readLine() ?? ""
    }
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init)
    guard let reference = line.flatMap(RequestParties.reference) else {
      throw CommandFailure(
        .noInput, "no reference of 1 to 256 visible bytes was given\nhelp: `--from FILE`, or one line on standard input"
      )
    }
    self.init(kind, reference)
  }
}
