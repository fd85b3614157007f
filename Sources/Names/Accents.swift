/// Letters with accents taken apart, and names compared without them.
package enum Accents {
  /// The scalars of `text` in their decomposed form (NFD): Latin letters only, which is what names are made of here.
  package static func decomposed(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { append(scalar, to: &output) }
    return String(output)
  }

  /// `text` without accents: `José` is `Jose`, `Øystein` is `Oystein`.
  package static func stripped(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        output.append(scalar)
      } else if let kin = kin[scalar] {
        output.append(contentsOf: kin.unicodeScalars)
      } else {
        append(scalar, to: &output, keepingMarks: false)
      }
    }
    return String(output)
  }

  /// The letters of `text` in lower case without accents and without all else: what two spellings of a name share.
  package static func folded(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in stripped(text).lowercased().unicodeScalars where scalar.properties.isAlphabetic {
      output.append(scalar)
    }
    return String(output)
  }

  private static func append(
    _ scalar: Unicode.Scalar, to output: inout String.UnicodeScalarView, keepingMarks: Bool = true
  ) {
    guard !scalar.isASCII, let (base, mark) = parts[scalar] else {
      if keepingMarks || !(0x300..<0x370).contains(scalar.value) { output.append(scalar) }
      return
    }
    append(base, to: &output, keepingMarks: keepingMarks)
    if keepingMarks { output.append(mark) }
  }

  /// Letters that have a plain kin but no decomposition.
  private static let kin: [Unicode.Scalar: String] = [
    "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss", "æ": "ae",
    "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ə": "e", "Ə": "E", "ʻ": "'", "ʼ": "'", "’": "'",
  ]

  private static let parts: [Unicode.Scalar: (base: Unicode.Scalar, mark: Unicode.Scalar)] = {
    var parts: [Unicode.Scalar: (base: Unicode.Scalar, mark: Unicode.Scalar)] = [:]
    for (mark, pairs) in marks {
      var base: Unicode.Scalar?
      for scalar in pairs.unicodeScalars {
        if let letter = base {
          parts[scalar] = (letter, mark)
          base = nil
        } else {
          base = scalar
        }
      }
    }
    return parts
  }()

  /// For each combining mark, letters and what they become with it, in turn.
  private static let marks: [(mark: Unicode.Scalar, pairs: String)] = [
    (
      "\u{0301}",
      "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓ"
        + "PṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ"
    ),
    (
      "\u{0300}",
      "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳ"
    ),
    (
      "\u{0302}",
      "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ"
    ),
    (
      "\u{0303}",
      "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ"
    ),
    (
      "\u{0308}",
      "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ"
    ),
    (
      "\u{0304}",
      "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳGḠgḡḶḸḷḹṚṜṛṝ"
    ),
    (
      "\u{0306}",
      "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭȨḜȩḝẠẶạặ"
    ),
    (
      "\u{0307}",
      "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ"
    ),
    (
      "\u{0309}",
      "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ"
    ),
    (
      "\u{0323}",
      "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ"
    ),
    (
      "\u{030C}",
      "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ"
    ),
    (
      "\u{0327}",
      "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ"
    ),
    (
      "\u{0328}",
      "AĄaąEĘeęIĮiįUŲuųOǪoǫ"
    ),
    (
      "\u{030A}",
      "AÅaåUŮuůwẘyẙ"
    ),
    (
      "\u{030B}",
      "OŐoőUŰuű"
    ),
    (
      "\u{031B}",
      "OƠoơUƯuư"
    ),
    (
      "\u{0326}",
      "SȘsșTȚtț"
    ),
    (
      "\u{0331}",
      "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ"
    ),
  ]
}
