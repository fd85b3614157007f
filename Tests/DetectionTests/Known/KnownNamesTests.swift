import Detection
import Testing

struct KnownNamesTests {
  static let maria = #"{"people":[{"names":["María L. González Ruiz","Mia"],"relation":"patient"}]}"#
  static let will = #"{"people":[{"names":["Will Hope"]},{"names":["May Long"]}]}"#
  static let others = """
    {"people":[{"names":["O'Brien-Smith, Katherine A."]},{"names":["Jan van der Berg"]},{"names":["Parkinson, Thomas"]},
    {"names":["Müller, Jürgen"]},{"names":["Li Wei"]}]}
    """

  @Test(arguments: [
    "⟦Maria Gonzalez⟧ was seen", "⟦MARÍA GONZÁLEZ⟧ was seen", "seen by ⟦maria l gonzalez⟧", "⟦GONZALEZ, MARIA L⟧.",
    "⟦Gonzalez Maria⟧", "⟦Gonzalez⟧ called", "asked ⟦maria⟧ again", "⟦Mia⟧ called", "⟦mia gonzalez⟧ here",
    "⟦Ruiz⟧ came",
    "⟦Ruiz-González⟧", "⟦González Ruiz⟧", "⟦GonzálezRuiz⟧", "user ⟦gonzalezruiz⟧", "⟦González⟧'s chart",
    "⟦González⟧’s chart",
  ])
  func `finds the parts of a name in any order, case and joint`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.maria) == marked)
  }

  @Test(arguments: [
    "⟦M. Gonzalez⟧ called", "⟦M.L. Gonzalez⟧", "⟦ML Gonzalez⟧", "⟦Gonzalez, M⟧.", "⟦Gonzalez ML⟧", "⟦M.G.⟧ was seen",
    "⟦M.L.G.⟧ was seen", "⟦M. G.⟧ was seen", "the patient (⟦M.G.⟧) slept",
  ])
  func `finds initials with a surname and alone with full stops`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.maria) == marked)
  }

  @Test(arguments: [
    "⟦GONZALEZ^MARIA^L⟧", "⟦gonzalez_maria⟧_scan.pdf", "user ⟦mgonzalez⟧ logged in", "user ⟦gonzalezm⟧",
    "⟦mgonzalez61⟧",
    "write to ⟦maria.gonzalez⟧@mail.example", "⟦mariagonzalez⟧", "⟦Maria\nGonzalez⟧ was seen", "⟦mlgonzalez⟧",
  ])
  func `finds names in codes, files and handles, and over a break of the line`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.maria) == marked)
  }

  @Test(arguments: [
    "spelled ⟦g o n z a l e z⟧ ok", "that is ⟦M-A-R-I-A⟧", "⟦G. O. N. Z. A. L. E. Z⟧.", "⟦G, O, N, Z, A, L, E, Z⟧",
  ])
  func `finds names spelled aloud`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.maria) == marked)
  }

  @Test(arguments: [
    "⟦Gonzales⟧ came", "⟦Gonzlaez⟧ came", "⟦Gonalez⟧ came", "⟦Gonzzalez⟧ came", "⟦G0nzalez⟧ came", "⟦gonzalex⟧ came",
  ])
  func `finds a long name with one typing slip`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.maria) == marked)
  }

  @Test(arguments: [
    "Dr. ⟦O'Brien⟧ came", "⟦OBrien⟧ came", "⟦O’Brien-Smith⟧", "⟦obrien-smith⟧", "⟦Kathy Smith⟧ rang", "⟦Kate⟧ rang",
    "⟦van der Berg, Jan⟧", "⟦J. van der Berg⟧", "⟦vanderberg⟧", "Mr. ⟦Berg⟧", "⟦Tom Parkinson⟧",
    "Mr. ⟦Parkinson⟧ has it",
    "⟦Mueller⟧ rang", "⟦MULLER, Juergen⟧", "⟦Müller⟧ rang", "⟦LI WEI⟧", "⟦Wei Li⟧", "⟦Wei⟧ slept",
  ])
  func `finds double names, particles, nicknames and other spellings of letters`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.others) == marked)
  }

  @Test(arguments: [
    "⟦Will Hope⟧ is here", "seen with ⟦Will⟧ today", "Mr. ⟦Hope⟧ came", "⟦Hope, Will⟧", "⟦W. Hope⟧ called",
    "Mrs. ⟦Long⟧",
    "I met ⟦May⟧ here", "⟦Will⟧ said so", "⟦Will⟧'s brother", "⟦WILL HOPE⟧ WAS SEEN HERE",
    "⟦will hope⟧ was seen today and then she went home again",
  ])
  func `finds names that are ordinary words where they are written as names`(_ marked: String) throws {
    #expect(try remarked(marked, knowing: Self.will) == marked)
  }

  @Test(arguments: [
    "He will hope for the best.", "I will.", "There is hope.", "Will you hope?", "Will follow up in May.",
    "May 3 is fine.",
    "In May 2024 she may come.", "The Hope Scale was used.", "How long will it take?", "Long bones are normal.",
    "WILL FOLLOW UP AND HOPE", "It may be long.", "May I ask?", "On 3 May she came.", "since May",
    "Ms. Maria Gonzalez rang", "the long and the short of it",
  ])
  func `leaves the same words alone in other roles`(_ text: String) throws {
    #expect(try remarked(text, knowing: Self.will) == text)
  }

  @Test(arguments: [
    "Parkinson's disease", "van der Waals forces", "Li levels were low", "li carbonate", "Seen by J.A., M.D.",
    "5 mg b.i.d.",
    "Katarina was kind", "the barge left",
  ])
  func `leaves diseases, abbreviations and other people alone`(_ text: String) throws {
    #expect(try remarked(text, knowing: Self.others) == text)
  }

  @Test func `leaves an ordinary word alone that a slip would make of a name`() throws {
    let json = #"{"people":[{"names":["Deborah Stones"]},{"names":["Anna Potter"]}]}"#
    let text = "stores were shut, the pottery and the otter too"
    #expect(try remarked(text, knowing: json) == text)
  }
}
