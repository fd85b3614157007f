import Names

/// A document with slots for everything that identifies somebody.
package struct Template: Sendable {
  /// A word on the template's first line.
  package enum Trait: String, Sendable {
    /// Structured text: case and line breaks are never touched.
    case keep
    /// Written in lower case already.
    case lower
    /// Always rendered in capitals.
    case caps
    /// Identifies nobody.
    case clean
  }

  /// Its name, unique in the folder.
  package let id: String
  /// The words on its first line.
  package let traits: Set<Trait>
  /// The people it speaks of, in the order of their first mention.
  let people: [Mention]
  let pieces: [Piece]

  /// Somebody whom the template speaks of.
  struct Mention: Sendable {
    let who: String
    /// The sex, where the template tells it.
    var sex: NamePool.Sex?
  }

  /// A part of a template.
  enum Piece: Sendable {
    case text(String)
    case slot(Slot)
    /// One form of the name of a person, and who it is.
    case person(PersonForm, String)
    /// A word about a person that identifies nobody.
    case about(AboutForm, String)
    case marked(Label, String)
    indirect case choice([[Piece]])
  }
}
