import Sweeps
import Testing

/// The set whose canonical bytes are written out below.
let smallSet: ParameterSet = {
  var set = ParameterSet()
  set["noise_variance"] = .real(0.1)
  set["L"] = .integer(20)
  set["residual"] = .flag(true)
  set["attention"] = .text("softmax")
  set["decay_at"] = .reals([0.8, 0.9])
  set["d"] = .integerRange(4...8)
  return set
}()

struct ParameterSetTests {
  /// Written by Python: struct.pack('>…') of the layout in ParameterSet+CanonicalBytes.swift.
  static let smallBytes =
    "010006014c01000000000000001409617474656e74696f6e030007736f66746d617801640600000000000000040000000000000008"
    + "0864656361795f617405000000023fe999999999999a3feccccccccccccd0e6e6f6973655f76617269616e6365023fb999999999999a"
    + "08726573696475616c0401"

  @Test func canonicalBytesAreAsDocumented() {
    #expect(hexadecimal(smallSet.canonicalBytes) == Self.smallBytes)
    #expect(TrialID(hashing: smallSet.canonicalBytes).description == "02fccb84b5ac87714850e9efb28612c2")
  }

  @Test func entriesAreSortedAndReplaced() {
    var set = smallSet
    set["L"] = .integer(30)
    set["d"] = nil
    #expect(set.entries.map(\.name) == ["L", "attention", "decay_at", "noise_variance", "residual"])
    #expect(set["L"] == .integer(30))
    #expect(set["d"] == nil)
  }

  @Test func bytesAreReadBack() throws {
    #expect(try ParameterSet(canonicalBytes: smallSet.canonicalBytes) == smallSet)
    #expect(try ParameterSet(canonicalBytes: ParameterSet().canonicalBytes) == ParameterSet())
  }

  @Test func typeAndBitsDistinguishValues() {
    func identity(_ value: ParameterValue) -> TrialID {
      var set = ParameterSet()
      set["x"] = value
      return TrialID(hashing: set.canonicalBytes)
    }
    let values: [ParameterValue] = [
      .integer(1), .real(1), .real(1.0.nextUp), .text("1"), .flag(true), .reals([1]), .integerRange(1...1), .reals([]),
    ]
    #expect(Set(values.map(identity)).count == values.count)
  }

  @Test func identityIsWrittenAndReadAsHexadecimal() {
    let id = TrialID(high: 0x0123, low: 0xffff_ffff_ffff_fffe)
    #expect(id.description == "0000000000000123fffffffffffffffe")
    #expect(TrialID(id.description) == id)
    for text in ["", "0123", "+000000000000123fffffffffffffffe", String(repeating: "g", count: 32)] {
      #expect(TrialID(text) == nil)
    }
  }
}
