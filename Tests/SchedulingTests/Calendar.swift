import Scheduling

/// What is to happen, soonest first; what was added first, among equals.
struct Calendar {
  private struct Entry {
    var time: Int64
    var number: Int
    var place: Int

    static func < (left: Entry, right: Entry) -> Bool {
      left.time < right.time || (left.time == right.time && left.number < right.number)
    }
  }

  private var heap: [Entry] = []
  private var count = 0
  /// What the entries stand for, so that the heap moves small things only.
  private var happenings: [Simulation.Happening] = []
  private var vacant: [Int] = []

  mutating func add(_ happening: Simulation.Happening, at time: Instant) {
    let place: Int
    if let free = vacant.popLast() {
      happenings[free] = happening
      place = free
    } else {
      place = happenings.count
      happenings.append(happening)
    }
    let entry = Entry(time: time.nanoseconds, number: count, place: place)
    count += 1
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, entry < heap[(child - 1) / 2] {
      heap[child] = heap[(child - 1) / 2]
      child = (child - 1) / 2
    }
    heap[child] = entry
  }

  mutating func next() -> (Instant, Simulation.Happening)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty { sink(last) }
    vacant.append(first.place)
    let happening = happenings[first.place]
    happenings[first.place] = .coordinatorTick
    return (Instant(nanoseconds: first.time), happening)
  }

  /// Puts an entry in from the top.
  private mutating func sink(_ entry: Entry) {
    var parent = 0
    while true {
      var least = 2 * parent + 1
      guard least < heap.count else { break }
      if least + 1 < heap.count, heap[least + 1] < heap[least] { least += 1 }
      guard heap[least] < entry else { break }
      heap[parent] = heap[least]
      parent = least
    }
    heap[parent] = entry
  }
}
