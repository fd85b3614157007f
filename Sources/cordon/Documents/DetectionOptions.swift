import ArgumentParser
import Detection

/// What the caller and the site know, to be found beside what Cordon finds by itself, and who is asked too.
struct DetectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "JSON with what is known of the people in the text: names, dates, numbers, phones, emails, addresses, places.",
      valueName: "file"))
  var known: String?

  @Option(
    help: ArgumentHelp(
      "A folder with the site's lists: staff.txt, clinics.txt, streets.txt, towns.txt, organizations.txt, keep.txt, "
        + "numbers.txt.",
      valueName: "folder"))
  var site: String?

  @OptionGroup var tier: TierOptions

  /// `scanner`, which also finds what the options name, and asks whom they name.
  func adding(to scanner: Scanner) throws -> Scanner {
    var scanner = scanner
    if let known { scanner = scanner.knowing(try DetectionOptions.identifiers(at: known)) }
    if let site { scanner = scanner.listing(try SiteFolder.lists(in: site)) }
    return scanner.asking(try tier.secondOpinion())
  }

  private static func identifiers(at path: String) throws -> KnownIdentifiers {
    guard let bytes = TextFile.contents(of: path) else {
      throw CommandFailure(.unreadableInput, "cannot read `\(path)`")
    }
    do throws(KnownIdentifiersError) {
      return try KnownIdentifiers(parsing: bytes)
    } catch {
      throw CommandFailure(.unreadableInput, "`\(path)`: \(error)")
    }
  }
}
