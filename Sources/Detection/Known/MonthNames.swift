/// The names of the months in the languages that patients and their papers bring.
enum MonthNames {
  /// The hashes of the names of a month, from 1: whole, cut short, inflected.
  static func hashes(of month: Int) -> [UInt64] { all[month - 1] }

  /// The names of a month in English, whole and cut short.
  static func english(_ month: Int) -> [String] {
    Array(names[month - 1].split { $0 == " " || $0 == "\n" }.prefix(2).map(String.init))
  }

  private static let all = names.map { line in
    line.split { $0 == " " || $0 == "\n" }.map { WordHash.of(TextOrigin.fold(Array($0.utf8)).0) }
  }

  /// The names, a month a line.
  ///
  /// English, Spanish, French, German, Portuguese, Italian, Dutch, Swedish, Danish, Polish, Czech, Russian, Ukrainian,
  /// Turkish, Finnish, Romanian, Hungarian. Names that two months share in different languages are left out.
  private static let names = [
    "january jan enero ene janvier januar jänner janeiro gennaio januari stycznia styczeń leden ledna ocak tammikuu ianuarie januar január января январь січня січень",
    "february feb febrero février fevr februar fevereiro febbraio februari lutego luty únor února şubat helmikuu februarie február февраля февраль лютого лютий",
    "march mar marzo mars märz maerz março maart marts marca marzec březen března mart maaliskuu martie március марта март березня березень",
    "april apr abril abr avril aprile kwietnia kwiecień duben dubna nisan huhtikuu aprilie április апреля апрель квітня квітень",
    "may mayo mai maio maggio mei maj maja května květen mayıs toukokuu május мая май травня травень",
    "june jun junio juin juni junho giugno czerwca czerwiec června červen haziran kesäkuu iunie június июня июнь червня червень",
    "july jul julio juillet juli julho luglio lipca července červenec temmuz heinäkuu iulie július июля июль липня липень",
    "august aug agosto août august augustus augusti sierpnia sierpień srpna ağustos elokuu augusztus августа август серпня серпень",
    "september sep sept septiembre setiembre septembre setembro settembre września wrzesień září eylül syyskuu septembrie szeptember сентября сентябрь вересня вересень",
    "october oct octubre octobre oktober outubro ottobre października październik října říjen ekim lokakuu octombrie október октября октябрь жовтня жовтень",
    "november nov noviembre novembre novembro listopada listopadu kasım marraskuu noiembrie ноября ноябрь листопада",
    "december dec diciembre dic décembre dezember dezembro dicembre grudnia grudzień prosince prosinec aralık joulukuu decembrie декабря декабрь грудня грудень",
  ]
}
