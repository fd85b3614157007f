/// Makes labelled documents from templates.
package struct Author: Sendable {
  private let coinage: Coinage

  /// An author who fills slots from `lists`.
  package init(lists: Lists) { coinage = Coinage(lists) }

  /// The document that a template and a seed give: the same one each time.
  ///
  /// - Parameters:
  ///   - template: What to fill.
  ///   - second: A template that follows in the same document, after a rule or a blank line.
  ///   - seed: Where chance starts.
  ///   - spoiling: Whether styles may spoil the text.
  /// - Returns: The text and what is marked in it.
  package func document(
    from template: Template, followedBy second: Template? = nil, seed: UInt64, spoiling: Bool = true
  ) -> Document {
    var dice = Dice(seed: seed)
    var rendering = Rendering(template, from: coinage, using: &dice)
    var page = rendering.run()
    if let second {
      page.write(dice.pick(["\n\n", "\n---\n", "\n\n----------\n\n", "\n", "\n=====\n"]))
      var more = Rendering(second, from: coinage, using: &dice)
      page.write(more.run())
    }
    var styles: [Style] = []
    if spoiling {
      let instructs = dice.chance(4) && !template.traits.contains(.keep)
      if instructs {
        page.prefix(coinage.text(of: "instruction", using: &dice).whole + dice.pick(["\n\n", "\n", " "]))
      }
      styles = Style.drawn(for: template.traits.union(second?.traits ?? []), using: &dice)
    } else if template.traits.contains(.caps) {
      styles = [.caps]
    } else if template.traits.contains(.lower) {
      styles = [.lower]
    }
    for style in styles { style.apply(to: &page, using: &dice) }
    let (text, spans) = page.finished()
    return Document(
      id: "", text: text, spans: spans, genre: template.id,
      style: styles.isEmpty ? "plain" : styles.map(\.rawValue).joined(separator: "+"))
  }
}
