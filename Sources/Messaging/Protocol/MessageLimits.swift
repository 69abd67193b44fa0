/// The bounds of the protocol, all in one place; `docs/protocol.md` lists them.
public enum MessageLimits {
  /// Version of the protocol that this program speaks.
  public static let protocolVersion: UInt64 = 2
  /// Bytes of a frame: 16 MiB.
  public static let frameBytesMax = 16 << 20
  /// Bytes of a trial's payload.
  public static let payloadBytesMax = 64 << 10
  /// Arrays and maps inside each other.
  public static let depthMax = 16
  /// Values of a frame; at 24 bytes each, unpacking takes at most 6 MiB besides the frame.
  public static let valuesMax = 262_144
  /// Trials that a worker may hold.
  public static let capacityMax = 1_024
  /// Reports of a `results` message, and trials of an `acknowledge`.
  public static let resultsPerMessageMax = 512
  /// A `results` message takes no further report once it has this many bytes.
  public static let resultsBytesTarget = 1 << 20
  /// Values of one report, and of a `results` message that has more than one.
  public static let reportValuesMax = 100_000
  /// Bytes of a name of a worker or host, and of a reason.
  public static let nameBytesMax = 255
  /// Bytes of a word: a build, a kind, a code.
  public static let wordBytesMax = 64
  /// Bytes of the text that identifies a sweep.
  public static let sweepBytesMax = 128
  /// Bytes of a message for people.
  public static let textBytesMax = 4_096
  /// Workers that a status names; at nine values each, fewer than half of ``valuesMax``.
  public static let statusWorkersMax = 10_000
  /// Milliseconds of a timeout in a message: one hour.
  public static let millisecondsMax: UInt64 = 3_600_000
  /// Milliseconds of a trial's time limit, or of the time that a worker has left: 366 days.
  public static let longMillisecondsMax: UInt64 = 366 * 24 * 3_600_000

  /// What a frame must keep to before it is unpacked.
  public static let bounds = MessagePackBounds(bytesMax: frameBytesMax, depthMax: depthMax, valuesMax: valuesMax)

  /// The text cut to at most so many bytes of UTF-8, at a character's end.
  public static func clip(_ text: String, toBytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var result = ""
    var used = 0
    for character in text {
      used += character.utf8.count
      guard used <= limit else { break }
      result.append(character)
    }
    return result
  }
}
