/// A schema as it is written, its names not yet looked up; both syntaxes are read into it.
struct SchemaDraft {
  /// A type as it is written.
  indirect enum Kind {
    case bool, long, string
    case set(Kind)
    case record([Attribute])
    case entity(Text)
    case common(Text)
    case extended(Text)
    /// A name that may be of a common type, an entity type, or one that Cedar has.
    case named(Text)
  }

  struct Attribute {
    var name: Text
    var type: Kind
    var isRequired = true
  }

  struct EntityType {
    var name: Text
    var memberOf: [Text] = []
    var shape: Kind = .record([])
    var tags: Kind?
    var choices: [Text]?
  }

  struct Action {
    /// The name of an action: in the namespace's `Action` when no type is written.
    struct Reference {
      var type: Text?
      var id: Text
    }

    var id: Text
    var memberOf: [Reference] = []
    var principals: [Text] = []
    var resources: [Text] = []
    var context: Kind = .record([])
  }

  struct Namespace {
    /// Nil outside every namespace.
    var name: Text?
    var commonTypes: [(name: Text, type: Kind)] = []
    var entityTypes: [EntityType] = []
    var actions: [Action] = []
  }

  var namespaces: [Namespace] = []

  /// How deep types may be nested.
  static let nestingLimit = 64
}
