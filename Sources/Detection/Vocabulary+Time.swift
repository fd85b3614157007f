extension Vocabulary {
  /// Months, number words, weekdays and the words round dates and ages.
  mutating func learnTime() {
    learn(
      counting: "january february march april may june july august september october november december", from: 1, .month
    )
    learn(counting: "jan feb mar apr may jun jul aug sep oct nov dec", from: 1, .month)
    learn("may march mar jan jun jul dec sep oct nov feb apr aug", .ambiguous)
    learn("sept", .month, value: 9)
    learn(
      counting: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", from: 1,
      .month)
    learn(
      counting: "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre", from: 1, .month)
    learn("mars mai", .ambiguous)
    learn(
      counting: "januar februar marz april mai juni juli august september oktober november dezember", from: 1, .month)
    learn(
      counting: "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro", from: 1,
      .month)
    learn(
      counting: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
      from: 1, .month)
    learn(
      counting: "januari februari maart april mei juni juli augustus september oktober november december", from: 1,
      .month)
    learn("maerz", .month, value: 3)
    learn(
      counting:
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
      from: 1, .cardinal)
    learn("oh zero", .cardinal)
    for (word, value) in [
      ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("seventy", 70), ("eighty", 80), ("ninety", 90),
    ] {
      learn(word, .cardinal, value: UInt8(value))
    }
    learn("hundred", .cardinal, value: 100)
    learn(
      counting:
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
      from: 1, .ordinal)
    learn("thirtieth", .ordinal, value: 30)
    learn(
      "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun", .weekday)
    learn("on since until till by before after from through thru in during to due between", .timePreposition)
    learn("age aged ages yo yr yrs year years old", .age)
  }
}
