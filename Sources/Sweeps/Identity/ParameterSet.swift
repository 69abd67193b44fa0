/// The parameters of a trial, by name, in the order of their names.
public struct ParameterSet: Sendable, Hashable {
  /// One name and its value.
  public struct Entry: Sendable, Hashable {
    /// The name, as it stands in sweep files.
    public let name: String
    /// The value.
    public let value: ParameterValue
  }

  /// All entries, sorted by name.
  public private(set) var entries: [Entry] = []

  /// The empty set.
  public init() {}

  /// A set from entries that are sorted by name, each name once.
  init(sorted entries: [Entry]) { self.entries = entries }

  /// The value of a parameter, or nothing where it has no meaning.
  public subscript(name: String) -> ParameterValue? {
    get { entries.first { $0.name == name }?.value }
    set {
      entries.removeAll { $0.name == name }
      guard let newValue else { return }
      let place = entries.firstIndex { $0.name > name } ?? entries.endIndex
      entries.insert(Entry(name: name, value: newValue), at: place)
    }
  }
}
