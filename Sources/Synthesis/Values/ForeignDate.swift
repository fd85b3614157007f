import PHI

/// Dates in other languages than English.
enum ForeignDate {
  private struct Language: Sendable {
    let before: String
    let between: String
    let months: [String]
    let after: String

    init(_ before: String, _ between: String, _ months: String, after: String = "") {
      (self.before, self.between, self.after) = (before, between, after)
      self.months = months.split(separator: " ").map(String.init)
    }
  }

  private static let languages = [
    Language(
      " de ", " de ", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    Language(
      " de ", " del ", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    Language(
      " de ", " de ", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
    Language(" ", " ", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    Language(". ", " ", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    Language(
      " ", " ", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    Language(" ", " ", "januari februari maart april mei juni juli augustus september oktober november december"),
    Language(". ", " ", "januar februar mars april mai juni juli august september oktober november desember"),
    Language(" ", " ", "januari februari mars april maj juni juli augusti september oktober november december"),
    Language(
      " ", " ",
      "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
      after: " r."),
    Language(" ", " ", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
    Language(
      " ", " ", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря", after: " г."),
    Language(" tháng ", ", ", "1 2 3 4 5 6 7 8 9 10 11 12"),
    Language(" ", " ", "Enero Pebrero Marso Abril Mayo Hunyo Hulyo Agosto Setyembre Oktubre Nobyembre Disyembre"),
  ]

  /// A date in one of the languages, Spanish more often.
  static func written(_ date: CalendarDate, using dice: inout Dice) -> String {
    if dice.chance(4) { return "\(date.year)年\(date.month)月\(date.day)日" }
    let language = dice.chance(25) ? languages[0] : dice.pick(languages)
    let day = "\(date.day)\(language.before)\(language.months[date.month - 1])"
    return dice.chance(20) ? day : "\(day)\(language.between)\(date.year)\(dice.chance(40) ? language.after : "")"
  }
}
