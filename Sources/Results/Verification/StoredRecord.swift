import Foundation
import GRDB
import Sweeps

/// A result with its trial as they lie in the store, nothing of it believed yet.
///
/// Everything is kept as SQLite gives it, since in a damaged file a column may hold anything, and is decoded in a step
/// of its own, which needs no database and may run on any thread.
struct StoredRecord: Sendable {
  /// One row of `metrics`, `curves` or `weights`, without its trial and position.
  typealias Item = [DatabaseValue]

  /// Number of the trial's row.
  let row: Int64
  /// What should be the trial's identity.
  let name: DatabaseValue
  /// What should be the digest.
  let digest: DatabaseValue
  /// Version of the program that computed it.
  let version: String
  /// The trial's columns that ``TrialColumns`` names.
  let columns: [DatabaseValue]
  /// Name and value.
  var metrics: [Item] = []
  /// Name and points.
  var curves: [Item] = []
  /// Name, shape and entries.
  var arrays: [Item] = []

  /// A name for messages, whatever is in the column.
  var displayName: String { String.fromDatabaseValue(name) ?? "in row \(row)" }
}

/// Why something that was read is not what it should be.
struct DecodingProblem: Error {
  let text: String
}

extension StoredRecord {
  /// The trial, if its canonical bytes are those that its identity is the hash of.
  func decodedTrial() throws(DecodingProblem) -> Trial {
    guard let canonical = columns.last.flatMap(Data.fromDatabaseValue) else {
      throw DecodingProblem(text: "the trial has no canonical bytes")
    }
    let bytes = [UInt8](canonical)
    let hash = TrialID(hashing: bytes)
    guard hash.description == String.fromDatabaseValue(name) else {
      throw DecodingProblem(text: "the canonical bytes are those of trial \(hash)")
    }
    do { return try Trial(canonicalBytes: bytes) } catch {
      throw DecodingProblem(text: "this program does not know such a trial: \(error)")
    }
  }

  /// The result, if every column has the form that it should have.
  func decodedResult() throws(DecodingProblem) -> TrialResult {
    var result = TrialResult(metrics: [], curves: [], arrays: [])
    for (position, item) in metrics.enumerated() {
      let value = item[1].isNull ? Double.nan : Double.fromDatabaseValue(item[1])
      guard let name = String.fromDatabaseValue(item[0]), let value else {
        throw DecodingProblem(text: "metric \(Self.name(item, position)) is not a number")
      }
      result.metrics.append(.init(name: name, value: value))
    }
    for (position, item) in curves.enumerated() {
      guard let name = String.fromDatabaseValue(item[0]), let text = String.fromDatabaseValue(item[1]),
        let values = JSONText.parseNumbers(text)
      else { throw DecodingProblem(text: "curve \(Self.name(item, position)) is not a list of numbers") }
      result.curves.append(.init(name: name, values: values))
    }
    for (position, item) in arrays.enumerated() {
      guard let name = String.fromDatabaseValue(item[0]), let shape = Self.shape(item[1]),
        let values = Data.fromDatabaseValue(item[2]).flatMap(Float32Blob.decode), shape.product == values.count
      else { throw DecodingProblem(text: "array \(Self.name(item, position)) has not the entries of its shape") }
      result.arrays.append(.init(name: name, shape: shape, values: values))
    }
    return result
  }

  private static func name(_ item: Item, _ position: Int) -> String {
    String.fromDatabaseValue(item[0]) ?? "number \(position)"
  }

  private static func shape(_ value: DatabaseValue) -> [Int]? {
    guard let lengths = String.fromDatabaseValue(value).flatMap(JSONText.parseNumbers) else { return nil }
    let shape = lengths.compactMap(Int.init(exactly:))
    return shape.count == lengths.count && shape.allSatisfy { $0 >= 0 } ? shape : nil
  }
}

extension [Int] {
  /// The product of the entries, or nothing if it is too large.
  fileprivate var product: Int? {
    var product = 1
    for factor in self {
      let (value, isTooLarge) = product.multipliedReportingOverflow(by: factor)
      if isTooLarge { return nil }
      product = value
    }
    return product
  }
}
