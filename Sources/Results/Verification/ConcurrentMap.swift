import Dispatch
import Synchronization

/// The transforms of all elements, in their order, computed by so many threads at once. Each takes the next element when
/// it is free, so that long and short ones mix well.
///
/// - Parameter completed: hears how many elements are done, after each; never from two threads at once.
func concurrentMap<Element: Sendable, Value: Sendable>(
  _ elements: [Element], threads: Int, completed: @Sendable (Int) -> Void = { _ in },
  transform: @Sendable (Element) -> Value
) -> [Value] {
  let state = Mutex(ConcurrentMapState<Value>(count: elements.count))
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, elements.count))) { _ in
    while let index = state.withLock({ $0.take() }) {
      let value = transform(elements[index])
      state.withLock { state in
        state.values[index] = value
        state.done += 1
        completed(state.done)
      }
    }
  }
  return state.withLock { $0.values.compactMap { $0 } }
}

private struct ConcurrentMapState<Value: Sendable>: Sendable {
  private var next = 0
  var done = 0
  var values: [Value?]

  init(count: Int) { values = Array(repeating: nil, count: count) }

  /// The index of the next element that nobody has, if there is one.
  mutating func take() -> Int? {
    guard next < values.count else { return nil }
    defer { next += 1 }
    return next
  }
}
