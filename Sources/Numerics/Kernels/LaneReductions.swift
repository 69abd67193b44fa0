import CIntrinsics

// Sums and largest entries across the lanes of a vector, in the one order that is used everywhere: halves first.

extension SIMD8 where Scalar == Float {
  /// The sum of the lanes.
  @inline(__always)
  var lanesSum: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The largest lane.
  @inline(__always)
  var lanesMaximum: Float {
    let four = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two.y > two.x ? two.y : two.x
  }

  /// The sums of the lanes of eight vectors, one to a lane.
  @inline(__always)
  static func lanesSums(_ v: UnsafePointer<SIMD8<Float>>) -> SIMD8<Float> {
    icd_lane_sums(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
  }
}
