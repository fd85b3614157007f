import Policy
import Testing

struct SchemaTests {
  private static let text = """
    namespace Ward {
      type Address = { street: String, "zip code"?: Long };
      entity Group in Group;
      @doc("people")
      entity User, Guest in [Group] = { name: String, home?: Address, seen: Set<datetime> } tags Set<Long>;
      entity Level enum ["low", "high"];
      action all;
      action read, "write it" in [all] appliesTo {
        principal: [User, Guest], resource: Group, context: { level: Level, from?: __cedar::ipaddr },
      };
    }
    """
  private static let written = """
    {"Ward": {"commonTypes": {"Address": {"type": "Record", "attributes": {
        "street": {"type": "String"}, "zip code": {"type": "Long", "required": false}}}},
      "entityTypes": {"Group": {"memberOfTypes": ["Group"]},
        "User": {"memberOfTypes": ["Ward::Group"], "tags": {"type": "Set", "element": {"type": "Long"}}, "shape": {
          "type": "Record", "attributes": {"name": {"type": "EntityOrCommon", "name": "String"},
            "home": {"type": "Address", "required": false},
            "seen": {"type": "Set", "element": {"type": "Extension", "name": "datetime"}}}}},
        "Guest": {"memberOfTypes": ["Group"], "tags": {"type": "Set", "element": {"type": "Long"}}, "shape": {
          "type": "Record", "attributes": {"name": {"type": "String"},
            "home": {"type": "EntityOrCommon", "name": "Ward::Address", "required": false},
            "seen": {"type": "Set", "element": {"type": "datetime"}}}}},
        "Level": {"enum": ["low", "high"]}},
      "actions": {"all": {}, "read": {"memberOf": [{"id": "all"}], "appliesTo": {
          "principalTypes": ["User", "Guest"], "resourceTypes": ["Group"], "context": {"type": "Record", "attributes": {
            "level": {"type": "Entity", "name": "Level"}, "from": {"type": "ipaddr", "required": false}}}}},
        "write it": {"memberOf": [{"type": "Ward::Action", "id": "all"}], "appliesTo": {
          "principalTypes": ["User", "Guest"], "resourceTypes": ["Group"], "context": {"type": "Record", "attributes": {
            "level": {"type": "EntityOrCommon", "name": "Level"}, "from": {"type": "ipaddr", "required": false}}}}}}}}
    """

  @Test func `both syntaxes say the same`() throws {
    #expect(try schema(SchemaTests.text) == schema(SchemaTests.written))
  }

  @Test func `names are looked up in the namespace first`() throws {
    let schema = try schema(SchemaTests.text)
    let action = try #require(schema.actions[EntityUID("Ward::Action", "write it")])
    #expect(action.principals == ["Ward::User", "Ward::Guest"])
    #expect(action.ancestors == [EntityUID("Ward::Action", "all")])
    #expect(schema.entityTypes["Ward::User"]?.ancestors == ["Ward::Group"])
    #expect(schema.entityTypes["Ward::Level"]?.choices == ["low", "high"])
    #expect(action.context["from"] == RecordType.Attribute(type: .extended(.address), isRequired: false))
  }

  @Test(arguments: [
    ("entity a; entity a;", PolicyError.Code.duplicateDeclaration), ("entity a in [b];", .undeclaredName),
    ("type a = b; type b = Set<a>;", .cyclicType), ("type Long = Bool;", .reservedName), ("entity if;", .reservedName),
    ("action a appliesTo {principal: [], resource: []};", .emptyList), ("entity a { x: b };", .undeclaredName),
    ("action a in b;", .unknownAction), ("entity b; namespace A { entity b; }", .shadowedName),
    ("action a in b; action b in a;", .cyclicHierarchy), ("entity a enum [];", .unexpectedToken),
    ("entity a; action x appliesTo {principal: [a,], resource: a};", .unexpectedToken), ("entity a", .unexpectedEnd),
    ("namespace __cedar { }", .reservedName), ("entity a = Long;", .unexpectedToken), ("entity Action;", .reservedName),
    ("{\"\": {\"entityTypes\": {}}}", .unexpectedShape), ("{", .malformedJSON),
    ("{\"\": {\"entityTypes\": {}, \"actions\": {}, \"more\": 1}}", .unexpectedShape),
    ("{\"\": {\"entityTypes\": {\"a\": {\"shape\": {\"type\": \"Long\"}}}, \"actions\": {}}}", .wrongType),
    ("{\"\": {\"entityTypes\": {\"a b\": {}}, \"actions\": {}}}", .malformedName),
  ])
  func `refuses`(_ text: String, _ code: PolicyError.Code) {
    #expect { try schema(text) } throws: { ($0 as? PolicyError)?.code == code }
  }

  @Test func `types may be nested so deep and no deeper`() throws {
    func nested(_ depth: Int) -> String {
      "entity a { x: \(String(repeating: "Set<", count: depth))Long\(String(repeating: ">", count: depth)) };"
    }
    _ = try schema(nested(60))
    #expect { try schema(nested(10_000)) } throws: { ($0 as? PolicyError)?.code == .tooDeep }
  }
}
