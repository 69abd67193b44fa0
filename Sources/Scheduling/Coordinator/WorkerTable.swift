/// The registered workers by their keys, small numbers that are used again when a worker is gone.
struct WorkerTable: Sendable {
  private var records: [WorkerRecord?] = []
  private var vacant: [Int] = []

  var count: Int { records.count - vacant.count }
  var isEmpty: Bool { count == 0 }

  /// All keys, in order.
  var keys: [Int] { records.indices.filter { records[$0] != nil } }

  /// The worker of a key that was in use at some time; nothing if it is gone.
  subscript(key: Int) -> WorkerRecord? {
    // Not `get`, which would copy the record and all that it refers to.
    _read { yield records[key] }
    _modify { yield &records[key] }
  }

  /// Adds a worker and returns its key.
  mutating func add(_ record: WorkerRecord) -> Int {
    if let key = vacant.popLast() {
      records[key] = record
      return key
    }
    records.append(record)
    return records.count - 1
  }

  mutating func remove(_ key: Int) -> WorkerRecord? {
    guard let record = records[key] else { return nil }
    records[key] = nil
    vacant.append(key)
    return record
  }
}
