import Scheduling
import Testing

@Suite struct HostsFileTests {
  private func parse(_ text: String) throws -> [RemoteHost] { try HostsFile.parse(text, path: "hosts") }

  private func faults(_ text: String) -> [String] {
    do {
      _ = try parse(text)
      return []
    } catch { return "\(error)".split(separator: "\n").map(String.init) }
  }

  @Test func readsHostsInTheirOrder() throws {
    let hosts = try parse(
      """
      # of the group

      node1  slots=16
      me@node2.example.org\tslots=8 icd=/opt/icd/bin/icd   # a comment
        node3 tunnel=yes
      """)
    #expect(
      hosts == [
        RemoteHost("node1", slots: 16), RemoteHost("me@node2.example.org", slots: 8, program: "/opt/icd/bin/icd"),
        RemoteHost("node3", usesTunnel: true),
      ])
  }

  /// Every fault is named at once, each with its line and column and with what to do.
  @Test func namesEveryFaultWithItsPlace() {
    let text = faults(
      """
      node1 slots=0
      node2  slot=4
      -oProxyCommand=sh
      node4 slots=2 slots=3
      node5 tunnel=maybe
      node6
      node6
      slots=3
      node7 icd=
      """)
    #expect(
      text == [
        "hosts:1:7: slots=0: give a number from 1 to 1024",
        "hosts:2:8: 'slot=4' is not known; a host takes slots=NUMBER, icd=PATH and tunnel=yes",
        "hosts:3:1: '-oProxyCommand=sh' is no host; a line begins with HOST or USER@HOST",
        "hosts:4:15: slots is given twice; give it once",
        "hosts:5:7: tunnel=maybe: give yes or no",
        "hosts:7:1: 'node6' is listed in line 6 already; give it more slots there",
        "hosts:8:1: 'slots=3' is no host; a line begins with HOST or USER@HOST",
        "hosts:9:7: icd= is empty; give the program's path on that host",
      ])
  }

  @Test func wantsAtLeastOneHostAndNotTooMany() {
    #expect(faults("# nobody\n").first?.contains("lists no host") == true)
    #expect(faults((0...1024).map { "n\($0)" }.joined(separator: "\n")).first?.contains("lists 1025 hosts") == true)
  }

  @Test func saysThatAFileCannotBeRead() {
    #expect {
      try HostsFile.load(path: "/no/such/hosts")
    } throws: {
      "\($0)" == "/no/such/hosts: cannot be read: No such file or directory"
    }
  }
}
