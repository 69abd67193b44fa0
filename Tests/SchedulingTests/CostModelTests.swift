import Scheduling
import Testing

@Suite struct CostModelTests {
  @Test func theMedianIsThatOfTheLastFew() {
    var generator = SeededGenerator(seed: 4)
    var median = RunningMedian(window: 31)
    var all: [Double] = []
    for _ in 0..<500 {
      // Few distinct numbers, so that equal ones are among them.
      let number = Double(Int.random(in: 0..<20, using: &generator))
      all.append(number)
      median.insert(number)
      let last = all.suffix(31).sorted()
      #expect(median.median == last[last.count / 2] && median.count == last.count)
    }
  }

  @Test func nothingIsPredictedFromNothing() {
    var model = CostModel()
    #expect(model.predict(cost: 5) == nil)
    model.observe(cost: 100, seconds: .nan)
    #expect(model.predict(cost: 5) == nil)
    model.observe(cost: 100, seconds: 2)
    // Of a class that is not known the nearest one tells.
    #expect(model.predict(cost: 1_000) == 20)
    #expect(model.predict(cost: 10) == 0.2)
    #expect(model.predict(cost: .infinity) == 0.02 && model.predict(cost: -3) == 0.02)
  }

  @Test func aClassHasARateOfItsOwn() {
    var model = CostModel()
    model.observe(cost: 1, seconds: 1)
    model.observe(cost: 1_048_576, seconds: 1_024)
    #expect(model.predict(cost: 1.5) == 1.5)
    #expect(model.predict(cost: 1_048_576) == 1_024)
    #expect(model.predict(cost: 262_144) == 256)
    #expect(model.predict(cost: 16) == 16)
  }

  @Test func aDozenOutliersOfThirtyDoNotMoveIt() {
    var model = CostModel()
    for number in 0..<31 { model.observe(cost: 8, seconds: number % 5 < 2 ? 1_000 : 2) }
    #expect(model.predict(cost: 8) == 2)
    // But it follows a machine that slows down for good.
    for _ in 0..<31 { model.observe(cost: 8, seconds: 6) }
    #expect(model.predict(cost: 8) == 6)
  }
}
