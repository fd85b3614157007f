extension Vocabulary {
  /// The words of addresses.
  mutating func learnPlaces() {
    learn(
      """
      street st avenue ave av road rd drive dr lane ln court ct boulevard blvd place pl way terrace ter circle cir
      highway hwy parkway pkwy trail trl square sq loop alley row crescent close plaza turnpike tpke pike
      """, .streetSuffix)
    learn(
      """
      bend run ridge crossing point pointe glen hollow cove landing walk path mews hill hills heights view vista park
      gardens grove green mall wharf quay bypass expressway expy freeway fwy causeway spur trace pass meadow meadows
      alameda esplanade broadway promenade knoll manor mill bluff branch fork hts xing
      """, .rareSuffix)
    learn("apt apartment suite ste unit floor fl flr room rm bldg building trailer trlr lot spc", .unit)
    learn("n s e w ne nw se sw north south east west northeast northwest southeast southwest", .compass)
    learn(
      "rue avenue boulevard via viale calle avda avenida rua ul ulica piazza piazzale plaza praca paseo camino carrera strada chemin place quai impasse allee corso largo travessa",
      .streetPrefix)
    learn("aa ae ap", .state)
    learn(
      """
      al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or
      pa ri sc sd tn tx ut vt va wa wv wi wy dc pr vi gu
      alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
      indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
      montana nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania
      rhode tennessee texas utah vermont virginia washington wisconsin wyoming
      """, .state)
    learn("box interstate i route rte us block exit marker milepost mp", .streetPart)
  }
}
