import Foundation
import Numerics
import Testing

@Suite struct BesselRatioTests {
  @Test func agreesWithMpmath() {
    let rows = referenceRows(besselRatioReference)
    #expect(rows.count == 13 * 17)
    for row in rows {
      let error = (BesselRatio.value(order: row[0], argument: row[1]) / row[2] - 1).magnitude
      #expect(error < 1e-14, "I_\(row[0])(\(row[1])) / I_\(row[0] - 1)(\(row[1]))")
    }
  }

  /// I_½/I_−½ is tanh, and I_{3/2}/I_½ is coth κ − 1/κ.
  @Test(arguments: [0.1, 1, 5, 20, 511, 512, 700])
  func agreesWithElementaryForms(argument: Double) {
    #expect((BesselRatio.value(order: 0.5, argument: argument) - Foundation.tanh(argument)).magnitude < 1e-15)
    let langevin = 1 / Foundation.tanh(argument) - 1 / argument
    #expect((BesselRatio.value(order: 1.5, argument: argument) - langevin).magnitude < 1e-14)
  }

  @Test func ends() {
    for order in [0.5, 4.5, 512] {
      #expect(BesselRatio.value(order: order, argument: 0) == 0)
      #expect(BesselRatio.value(order: order, argument: .infinity) == 1)
      #expect(BesselRatio.value(order: order, argument: .greatestFiniteMagnitude) == 1)
      #expect(BesselRatio.value(order: order, argument: .leastNonzeroMagnitude) <= .leastNonzeroMagnitude)
      #expect(BesselRatio.value(order: order, argument: .nan).isNaN)
    }
  }

  /// It rises with the argument and stays below one, also where the method changes.
  @Test(arguments: [1.5, 4.5, 31.5, 40, 512])
  func risesWithTheArgument(order: Double) {
    let change = max(512, 0.5 * order * order)
    for factor in stride(from: 0.9, to: 1.1, by: 0.001) {
      let low = BesselRatio.value(order: order, argument: change * factor)
      let high = BesselRatio.value(order: order, argument: change * (factor + 0.001))
      #expect(low <= high && high <= 1)
    }
  }
}
