import Messaging

/// Damage to a MessagePack value that leaves it a value: types swapped, counts inflated, fields doubled, left out or
/// nested, numbers at the edge of their types.
enum ValueMutation {
  /// Deepest place at which something is changed.
  private static let depthMax = 12

  /// A value with one place changed.
  static func apply(to value: MessagePackValue, _ generator: inout FuzzGenerator, depth: Int = 0) -> MessagePackValue {
    switch value {
    case .array(let items) where !items.isEmpty && depth < depthMax && !generator.once(in: 4):
      return .array(changed(items, &generator) { apply(to: $0, &$1, depth: depth + 1) })
    case .map(let entries) where !entries.isEmpty && depth < depthMax && !generator.once(in: 4):
      return .map(
        changed(entries, &generator) { entry, generator in
          generator.once(in: 6)
            ? .init(apply(to: entry.key, &generator, depth: depth + 1), entry.value)
            : .init(entry.key, apply(to: entry.value, &generator, depth: depth + 1))
        })
    default: return replaced(value, &generator)
    }
  }

  /// A list with an element changed, doubled, left out, moved, or repeated very often.
  private static func changed<Element>(
    _ elements: [Element], _ generator: inout FuzzGenerator, _ change: (Element, inout FuzzGenerator) -> Element
  ) -> [Element] {
    var elements = elements
    let place = generator.below(elements.count)
    switch generator.below(10) {
    case 0: elements.insert(elements[place], at: generator.below(elements.count))
    case 1: elements.remove(at: place)
    case 2: elements.swapAt(place, generator.below(elements.count))
    case 3:
      let count = generator.pick([15, 16, 512, 513, 1_024, 1_025, 4_000])
      elements += Array(repeating: elements[place], count: count)
    default: elements[place] = change(elements[place], &generator)
    }
    return elements
  }

  /// Something else in the place of a value.
  private static func replaced(_ value: MessagePackValue, _ generator: inout FuzzGenerator) -> MessagePackValue {
    switch generator.below(12) {
    case 0: return .null
    case 1: return .bool(generator.once(in: 2))
    case 2:
      let number = generator.hardInteger()
      // As the decoder gives them back: whole numbers that are not negative are unsigned.
      return number < 0 ? .int(number) : .uint(UInt64(number))
    case 3: return .uint(generator.once(in: 2) ? .max : generator.next())
    case 4: return .float(Float(generator.hardDouble()))
    case 5: return .double(generator.hardDouble())
    case 6: return .string(text(&generator))
    case 7: return .binary(generator.bytes(generator.pick([0, 1, 7, 8, 15, 16, 17, 40])))
    case 8: return nested(value, levels: generator.pick([1, 2, 15, 16, 17, 40]))
    case 9: return .map([.init(value, value), .init(value, value)])
    case 10: return .array([])
    default: return edge(of: value, &generator)
    }
  }

  /// The same type, at the edge of what it may be.
  private static func edge(of value: MessagePackValue, _ generator: inout FuzzGenerator) -> MessagePackValue {
    switch value {
    case .binary(let bytes):
      var bytes = bytes
      ByteMutation.apply(to: &bytes, from: bytes, &generator)
      return .binary(bytes)
    case .string(let text):
      return .string(generator.once(in: 2) ? String(repeating: text + "ü", count: 1 + generator.below(70)) : "")
    case .uint: return .uint(UInt64(bitPattern: generator.hardInteger()))
    case .double: return .double(generator.hardDouble())
    default: return value
    }
  }

  private static func nested(_ value: MessagePackValue, levels: Int) -> MessagePackValue {
    (0..<levels).reduce(value) { inner, level in
      level.isMultiple(of: 2) ? .array([inner]) : .fields(["result": inner])
    }
  }

  private static func text(_ generator: inout FuzzGenerator) -> String {
    let words = ["", "trial", "running", "result", "hello", "\u{0}", "é", "e\u{301}", "\u{1F9EA}\u{200D}", "a\nb"]
    let length = generator.once(in: 4) ? generator.pick([63, 64, 65, 255, 256, 4_096, 5_000]) : 0
    return generator.pick(words) + String(repeating: "x", count: length)
  }
}
