/// What figures are drawn as.
public enum FigureFormat: String, Sendable, Hashable, CaseIterable {
  /// For web pages.
  case svg
  /// For LaTeX.
  case pdf
  /// For slides and chats.
  case png
}
