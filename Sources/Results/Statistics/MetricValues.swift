/// The metrics of one trial, by name. Trials that have the same ones share their names, so that a million trials of
/// twenty metrics take some 200 MB and not over a gigabyte.
public struct MetricValues: Sendable {
  /// The names of a kind of trials, and where their numbers stand.
  final class Names: Sendable {
    let inOrder: [String]
    private let places: [String: Int]

    init(_ names: [String]) {
      inOrder = names
      places = Dictionary(zip(names, names.indices)) { first, _ in first }
    }

    func place(of name: String) -> Int? { places[name] }
  }

  private let shared: Names
  private let numbers: ArraySlice<Double>

  init(names: Names, numbers: ArraySlice<Double>) {
    shared = names
    self.numbers = numbers
  }

  /// Metrics of a trial that shares its names with no other.
  public init(_ values: [String: Double]) {
    let inOrder = values.sorted { $0.key < $1.key }
    self.init(names: Names(inOrder.map(\.key)), numbers: inOrder.map(\.value)[...])
  }

  /// The metric of that name; nothing where it was not measured.
  public subscript(name: String) -> Double? {
    shared.place(of: name).map { numbers[numbers.startIndex + $0] }
  }

  /// All names.
  public var names: [String] { shared.inOrder }

  /// Whether both have their names from the same list.
  package func sharesNames(with other: MetricValues) -> Bool { shared === other.shared }

  /// All metrics, as a dictionary of their own.
  public var dictionary: [String: Double] {
    Dictionary(zip(shared.inOrder, numbers)) { first, _ in first }
  }
}

/// Puts metrics together that come one by one, trial after trial.
package struct MetricCollector {
  /// Nothing taken yet.
  package init() {}

  /// A stretch of `numbers` that belongs to one trial.
  private struct Row {
    let index: Int
    let names: MetricValues.Names
    let numbers: Range<Int>
  }

  private var known: [[String]: MetricValues.Names] = [:]
  private var rows: [Row] = []
  private var numbers: [Double] = []
  /// The trial that metrics come of, its names so far, and the names that they are so far the same as.
  private var index: Int?
  private var first = 0
  private var names: [String] = []
  private var likely: MetricValues.Names?

  /// Takes a metric of a trial. Those of a trial come together.
  package mutating func add(_ name: String, _ value: Double, of trial: Int) {
    if trial != index {
      closeRow()
      (index, first) = (trial, numbers.count)
    }
    numbers.append(value)
    // As a rule a trial has the same names as the one before it, and no list of them is made.
    let place = numbers.count - 1 - first
    if let expected = likely?.inOrder {
      if place < expected.count, expected[place] == name { return }
      names = Array(expected[..<min(place, expected.count)])
      likely = nil
    }
    names.append(name)
  }

  /// The metrics of `count` trials, by their numbers; then the next ones can come.
  package mutating func take(count: Int) -> [MetricValues?] {
    closeRow()
    var result = [MetricValues?](repeating: nil, count: count)
    for row in rows { result[row.index] = MetricValues(names: row.names, numbers: numbers[row.numbers]) }
    (rows, numbers) = ([], [])
    return result
  }

  private mutating func closeRow() {
    guard let index else { return }
    let count = numbers.count - first
    if let expected = likely?.inOrder, count < expected.count {
      names = Array(expected[..<count])
      likely = nil
    }
    let shared = likely ?? known[names] ?? MetricValues.Names(names)
    known[shared.inOrder] = shared
    rows.append(Row(index: index, names: shared, numbers: first..<numbers.count))
    (self.index, names, likely) = (nil, [], shared)
  }
}
