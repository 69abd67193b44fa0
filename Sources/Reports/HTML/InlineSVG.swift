/// A drawing as an element of a page.
enum InlineSVG {
  /// What gnuplot draws with. Anything else is refused, so that nothing that could act gets into a page.
  private static let elements: Set<Substring> = [
    "svg", "g", "title", "desc", "defs", "path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "text",
    "tspan", "use", "pattern", "clipPath", "linearGradient", "stop", "filter", "feFlood", "feComposite",
    "feGaussianBlur", "image",
  ]

  /// The drawing with its own prefix in every name that it defines, so that several can stand in one page, and with its
  /// size only as a limit, so that it fits a narrow screen. Nothing if it holds what gnuplot does not draw with.
  ///
  /// `label` says what is to be seen, for those who cannot see it.
  static func markup(_ svg: String, prefix: String, label: String) -> Markup? {
    var source = ""
    var rest = svg[...]
    var size: (width: Substring, height: Substring)?
    while let start = rest.firstIndex(of: "<") {
      source += rest[..<start]
      guard let (tag, after) = self.tag(rest[start...]) else { return nil }
      rest = after
      // Declarations and comments mean nothing inside a page.
      if tag.hasPrefix("<?") || tag.hasPrefix("<!") { continue }
      let name = tag.dropFirst(tag.hasPrefix("</") ? 2 : 1).prefix { $0.isLetter }
      guard elements.contains(name) else { return nil }
      // gnuplot's own names for its parts, which browsers would show as tips.
      if name == "title" || name == "desc" {
        guard let end = rest.firstRange(of: "</\(name)>") else { return nil }
        rest = rest[end.upperBound...]
        continue
      }
      if name == "svg", !tag.hasPrefix("</") {
        guard let width = value(of: "width", in: tag), let height = value(of: "height", in: tag), size == nil,
          Int(width) != nil, Int(height) != nil
        else { return nil }
        size = (width, height)
        source += root(width: width, height: height, label: label)
      } else if let tag = renamed(tag, prefix: prefix) {
        source += tag
      } else {
        return nil
      }
    }
    guard size != nil, rest.allSatisfy(\.isWhitespace) else { return nil }
    return Markup(trusted: source)
  }

  private static func root(width: Substring, height: Substring, label: String) -> String {
    Markup.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink",
        "viewBox": "0 0 \(width) \(height)", "style": "max-width: \(width)px; min-width: min(36rem, \(width)px)",
        "role": "img",
        "aria-label": label,
      ], []
    ).source.replacing("</svg>", with: "")
  }

  /// A tag or comment at the start of a text, and what follows it.
  private static func tag(_ text: Substring) -> (Substring, Substring)? {
    let end = text.hasPrefix("<!--") ? "-->" : ">"
    guard let range = text.firstRange(of: end) else { return nil }
    return (text[..<range.upperBound], text[range.upperBound...])
  }

  private static func value(of name: String, in tag: Substring) -> Substring? {
    guard let range = tag.firstRange(of: " \(name)=\"") else { return nil }
    return tag[range.upperBound...].prefix { $0 != "\"" }
  }

  /// A tag with the prefix wherever it defines a name or refers to one; nothing if it refers to anything outside, or
  /// handles events.
  private static func renamed(_ tag: Substring, prefix: String) -> String? {
    guard tag.firstMatch(of: #/\son[a-z]+\s*=/#.ignoresCase()) == nil else { return nil }
    let references = tag.matches(of: #/href\s*=\s*['"](?<target>[^'"]*)/#)
    guard references.allSatisfy({ $0.target.hasPrefix("#") || $0.target.hasPrefix("data:image/png;base64,") }) else {
      return nil
    }
    return tag.replacing(#/\bid\s*=\s*(?<quote>['"])/#) { "id=\($0.quote)\(prefix)" }
      .replacing(#/href\s*=\s*(?<quote>['"])#/#) { "href=\($0.quote)#\(prefix)" }
      .replacing("url(#", with: "url(#\(prefix)")
      .description
  }
}
