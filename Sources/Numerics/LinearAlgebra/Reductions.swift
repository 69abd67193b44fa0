/// Number of partial sums in a dot product. It is part of the result: another width would round differently.
private let dotLanes = 8

/// Σ a[i] b[i] over `count` entries, in eight interleaved partial sums that are added pairwise at the end.
///
/// The order of the additions depends on `count` alone, so the bits are the same on every machine.
func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
  var partial = SIMD8<Double>.zero
  var index = 0
  while index + dotLanes <= count {
    let x = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Double>.self)
    let y = UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Double>.self)
    partial += x * y
    index += dotLanes
  }
  let four = partial.lowHalf + partial.highHalf
  let two = four.lowHalf + four.highHalf
  var sum = two[0] + two[1]
  while index < count {
    sum += a[index] * b[index]
    index += 1
  }
  return sum
}

/// y += scale · x over `count` entries.
func accumulate(
  _ scale: Double, _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>, count: Int
) {
  for index in 0..<count { y[index] += scale * x[index] }
}

/// Σ a[i] b[i] of two vectors of the same length.
public func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { x in
    b.withUnsafeBufferPointer { y in
      guard let x = x.baseAddress, let y = y.baseAddress else { return 0 }
      return dot(x, y, count: a.count)
    }
  }
}

/// Σ a[i]², the squared Euclidean norm of a vector.
public func squaredNorm(_ a: [Double]) -> Double { dot(a, a) }

/// Σ (a[i] − b[i])², the squared Euclidean distance of two vectors of the same length.
public func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  var difference = a
  for index in difference.indices { difference[index] -= b[index] }
  return dot(difference, difference)
}
