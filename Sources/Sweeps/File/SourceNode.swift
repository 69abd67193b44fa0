/// A node of a sweep file, with its place.
struct SourceNode: Sendable {
  enum Content: Sendable {
    /// A scalar as it is written, without quotes.
    case scalar(String, isPlain: Bool)
    case sequence([SourceNode])
    case mapping([(key: SourceNode, value: SourceNode)])
  }

  let place: SourcePlace
  let content: Content

  /// The scalar's text.
  var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// A key for a message: without quotes, as keys are taken with and without them.
  var keySpelling: String { text ?? spelling }

  /// Whether nothing is written here, or `null` or `~`.
  var isNull: Bool {
    if case .scalar(let text, isPlain: true) = content {
      ["", "~", "null", "Null", "NULL"].contains(text)
    } else {
      false
    }
  }

  /// What is written here, for a message.
  var spelling: String {
    switch content {
    case .scalar(let text, let isPlain):
      let short = text.count > 40 ? text.prefix(40) + "…" : text[...]
      return isPlain ? (text.isEmpty ? "nothing" : String(short)) : "\"\(short)\""
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    }
  }
}
