import Testing

struct PeopleTests {
  @Test(arguments: [
    "Maria Gonzalez|Ms. Gonzalez|GONZALEZ, MARIA|M. Gonzalez|Maria",
    "GONZALEZ^MARIA^L|Maria L. Gonzalez|Gonzalez|maria gonzalez",
    "Maria Gonzalez|Maria\u{A0}Gonzalez|MARIA  GONZALEZ|María González",
    "Gonzalez|Maria Gonzalez|Maria",
    "M. Gonzalez|Maria Gonzalez|Maria L Gonzalez",
    "Maria Gonzalez-Lopez|Maria Gonzalez|Gonzalez-Lopez",
    "Juan de la Cruz|de la Cruz, Juan|Cruz",
    "Sean O'Brien|Sean O’Brien|OBRIEN, SEAN",
    "Bhekinkosi \"BK\" Dlamini|BK Dlamini|Dlamini",
    "Kjell Aronsen III|Aronsen|Kjell Aronsen III",
    "Rosa Tejeda|R.T.",
    "Ivy Rhodes, MD|Ivy Rhodes|Dr. Rhodes",
    "VANG, PA HOUA|Pa Houa Vang|Vang",
    "GONZALEZ MARIA|Maria Gonzalez",
  ])
  func `takes forms of one name for one person`(_ forms: String) {
    let mentions = forms.split(separator: "|")
    let source = mentions.map { "[[NAME|\($0)]]" }.joined(separator: "; ")
    let people = tokenised(source).split(separator: "; ")
    #expect(people.allSatisfy { $0.hasPrefix("NAME_1") }, "\(people)")
  }

  @Test(arguments: [
    ("[[NAME|Maria Gonzalez]] and [[NAME|Jose Gonzalez]]", "NAME_1 and NAME_2"),
    ("[[NAME|John Smith Sr.]] and [[NAME|John Smith Jr.]]", "NAME_1 and NAME_2"),
    ("[[NAME|John Smith]] and his son [[NAME|John Smith Jr.]]", "NAME_1 and his son NAME_2"),
    ("[[NAME|John Smith]], his son [[NAME|John]]", "NAME_1, his son NAME_2"),
    ("[[NAME|Layla Haddad]], Baby Boy [[NAME|Haddad]], Ms. [[NAME|Haddad]]", "NAME_1, Baby Boy NAME_2, Ms. NAME_1B"),
    ("Ms. [[NAME|Gonzalez]], Mr. [[NAME|Gonzalez]], Ms. [[NAME|Gonzalez]]", "Ms. NAME_1, Mr. NAME_2, Ms. NAME_1"),
    ("[[NAME|Maria Gonzalez]] [[NAME|Miguel Gonzalez]] [[NAME|M. Gonzalez]]", "NAME_1 NAME_2 NAME_3"),
    ("[[NAME|Maria A. Gonzalez]] [[NAME|Maria B. Gonzalez]]", "NAME_1 NAME_2"),
    ("[[NAME|Ann Lee]] [[NAME|Ann Park]] [[NAME|Ann]] [[NAME|Ann]]", "NAME_1 NAME_2 NAME_3 NAME_3"),
    ("[[NAME|Wei Chen]] [[NAME|Pilar]]", "NAME_1 NAME_2"),
  ])
  func `keeps people apart`(source: String, expected: String) {
    #expect(tokenised(source) == expected)
  }

  @Test(.timeLimit(.minutes(30))) func `takes no longer where thousands share a name`() {
    let people = tokenised(
      (10_000..<14_000).map { "[[NAME|John A\($0)]]".map(letters).joined() }.joined(separator: " "))
    #expect(Set(people.split(separator: " ")).count == 4_000)
  }

  /// A letter for each digit: names have none.
  private func letters(_ character: Character) -> String {
    character.wholeNumberValue.map { String("bcdfghjklm".dropFirst($0).prefix(1)) } ?? String(character)
  }

  @Test func `does not change its mind about the beginning of a conversation`() {
    let whole = tokenised("[[NAME|Gonzalez]] [[NAME|Maria Gonzalez]] [[NAME|Jose Gonzalez]] [[NAME|Gonzalez]]")
    let beginning = tokenised("[[NAME|Gonzalez]] [[NAME|Maria Gonzalez]]")
    #expect(whole.hasPrefix(beginning))
  }
}
