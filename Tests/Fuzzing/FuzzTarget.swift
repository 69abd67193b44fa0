/// One reader of bytes from outside, with valid inputs to begin from and what must hold for every input.
public struct FuzzTarget: Sendable, CustomStringConvertible {
  /// Its name on the command line.
  public let name: String
  /// Cases in the ordinary test run.
  public let casesInTests: Int
  /// Processor time that one case may take.
  let secondsMax: Double
  /// Valid inputs.
  public let seeds: [[UInt8]]
  let mutate: @Sendable (_ input: [UInt8], _ other: [UInt8], inout FuzzGenerator) -> [UInt8]
  let check: @Sendable ([UInt8]) throws -> Bool

  /// The name.
  public var description: String { name }

  init(
    name: String, casesInTests: Int, secondsMax: Double = 1, seeds: [[UInt8]],
    mutate: @escaping @Sendable ([UInt8], [UInt8], inout FuzzGenerator) -> [UInt8] = { input, other, generator in
      var input = input
      ByteMutation.apply(to: &input, from: other, &generator)
      return input
    },
    check: @escaping @Sendable ([UInt8]) throws -> Bool
  ) {
    self.name = name
    self.casesInTests = casesInTests
    self.secondsMax = secondsMax
    self.seeds = seeds
    self.mutate = mutate
    self.check = check
  }

  /// All of them. Throws if a valid input cannot be made.
  public static func all() throws -> [FuzzTarget] {
    try [
      messagePack, workerMessages, coordinatorMessages, results, trials, sweepFiles(), joinFiles(), storedRecords(),
      storeFiles(),
    ]
  }

  /// The input of a case; every case has its own, whatever was run before.
  public func input(seed: UInt64, index: UInt64) -> [UInt8] {
    var generator = FuzzGenerator(seed: seed, index: index)
    let input = generator.pick(seeds)
    // One in fifty is left as it is: what is valid must be read.
    return generator.once(in: 50) ? input : mutate(input, generator.pick(seeds), &generator)
  }

  /// An input that is nearly the given one.
  public func mutated(_ input: [UInt8], _ generator: inout FuzzGenerator) -> [UInt8] {
    mutate(input, generator.pick(seeds), &generator)
  }

  /// Reads an input and holds it to what is promised; returns whether it was accepted. Throws a ``FuzzFailure``.
  @discardableResult
  public func run(_ input: [UInt8]) throws -> Bool { try check(input) }
}

/// What did not hold.
public struct FuzzFailure: Error, Sendable, CustomStringConvertible {
  /// A sentence.
  public let description: String

  /// Throws if the condition does not hold.
  static func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    guard condition else { throw FuzzFailure(description: what()) }
  }

  /// A text for people says something, and says it shortly.
  static func requireReadable(_ text: String, bytesMax: Int = 1_000) throws {
    try require(!text.isEmpty, "an error without a word")
    try require(text.utf8.count <= bytesMax, "an error of \(text.utf8.count) bytes: \(text.prefix(200))")
  }
}
