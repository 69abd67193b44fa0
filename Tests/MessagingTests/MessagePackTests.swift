import Messaging
import Testing

@Suite struct MessagePackTests {
  @Test func encodesNil() {
    #expect(MessagePackValue.null.encoded() == [0xc0])
  }
}
