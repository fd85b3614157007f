import Bytes
import Providers

extension BatchWork {
  /// A file of requests, as its caller has handed it over.
  struct Upload {
    var name = "requests.jsonl"
    var content: [UInt8] = []
    /// How long the vendor may keep it, where the caller says so.
    var seconds: Int?
  }

  /// The file that a form holds; only files of requests are taken, as others cannot be searched.
  func upload() async throws(TurnedAway) -> Upload {
    let form: MultipartForm
    do throws(MultipartForm.Fault) {
      form = try MultipartForm(call.body, type: call.contentType)
    } catch {
      throw await reject(error.reason)
    }
    var upload = Upload()
    var seen: Set<String> = []
    for field in form.fields {
      let text = String(validating: field.content, as: UTF8.self)
      guard seen.insert(field.name).inserted else { throw await reject("a field of the form stands there twice") }
      switch field.name {
      case "purpose":
        guard text == "batch" else {
          let fact = "`purpose` must be `batch`: files for other purposes cannot be searched for identifiers"
          throw await refuse(Refusal(.uninspectableContent, fact))
        }
      case "file":
        upload.content = field.content
        if let name = field.filename, !name.isEmpty { upload.name = name }
      case "expires_after[anchor]":
        guard text == "created_at" else {
          throw await reject("`expires_after[anchor]` must be `created_at`", param: "expires_after")
        }
      case "expires_after[seconds]":
        guard let seconds = text.flatMap({ Int($0) }), Self.lifetimes.contains(seconds) else {
          throw await reject("`expires_after[seconds]` must be from 3600 to 2592000", param: "expires_after")
        }
        upload.seconds = seconds
      default: throw await reject("the form has a field that is none of `file`, `purpose` and `expires_after`")
      }
    }
    for name in ["file", "purpose"] where !seen.contains(name) {
      throw await reject("`\(name)` is missing in the form", param: name)
    }
    return upload
  }

  /// How long, in seconds, a vendor can be told to keep a file.
  static var lifetimes: ClosedRange<Int> { 3_600...2_592_000 }
}

extension MultipartForm.Fault {
  /// What is wrong.
  fileprivate var reason: String {
    switch self {
    case .type: "the body must be `multipart/form-data` with a boundary"
    case .malformed: "the body is no form: a boundary or a head of a part is not where it must be"
    case .tooManyParts: "the form has more parts than are taken"
    case .encoded: "a part of the form is coded"
    }
  }
}
