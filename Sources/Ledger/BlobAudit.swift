import Bytes
import Ciphers

/// Holds the blob store against the entries that name its blobs.
///
/// A blob may be missing only if a later `subject.shredded` names its digest among its blobs and the subject among its
/// tags. It needs memory for the blobs that are missing, and none for those that are there.
struct BlobAudit {
  private struct Missing {
    var index: UInt64
    var place: Int
    var subject: Digest
  }

  private let store: BlobStore
  private var missing: [Digest: [Missing]] = [:]
  private var changed: [Fault] = []
  /// How many blobs were checked.
  private(set) var checked = 0

  init(_ log: LogDirectory) { store = BlobStore(log) }

  /// Whether an entry names a blob, or allows one to be missing.
  static func concerns(_ json: Span<UInt8>, _ places: EntryPlaces) -> Bool {
    places.parts.contains { $0.length > Record.longestBody } || Event(json.extracting(places.event)) == .subjectShredded
  }

  /// Takes in an entry.
  mutating func follow(_ json: Span<UInt8>, _ places: EntryPlaces, at index: UInt64) throws(LedgerError) {
    for (place, part) in places.parts.enumerated() where part.length > Record.longestBody {
      // An entry that is not written as entries are is named by `RequestPairs` or by the tree.
      guard let reference = part.reference(in: json) else { continue }
      guard let bytes = try store.read(reference.digest) else {
        missing[reference.digest, default: []].append(Missing(index: index, place: place, subject: reference.subject))
        continue
      }
      checked += 1
      if bytes.count != reference.length || Digest(hashing: bytes.span) != reference.digest {
        changed.append(Fault(.changedBlob(place), at: index))
      }
    }
    guard !missing.isEmpty, Event(json.extracting(places.event)) == .subjectShredded,
      let entry = try? JSONValue(parsing: json)
    else { return }
    let subjects = Set(BlobAudit.digests(entry["tags"]))
    for digest in BlobAudit.digests(entry["blobs"]) {
      missing[digest]?.removeAll { subjects.contains($0.subject) }
      if missing[digest]?.isEmpty == true { missing[digest] = nil }
    }
  }

  /// Every blob that is not what an entry names, in the order of the entries.
  var faults: [Fault] {
    let absent = missing.values.joined().map { Fault(.missingBlob($0.place), at: $0.index) }
    return (changed + absent).sorted { $0.index < $1.index }
  }

  private static func digests(_ value: JSONValue?) -> [Digest] {
    (value?.array ?? []).compactMap { $0.string.flatMap { Digest(hexadecimal: $0) } }
  }
}
