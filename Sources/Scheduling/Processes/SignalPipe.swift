import Foundation

/// The end of the pipe that the signal handler writes to; −1 while there is no pipe. A handler can reach nothing but a
/// global, and this one is written only while no handler is installed.
nonisolated(unsafe) private var signalPipeEnd: Int32 = -1

/// Turns signals into bytes of a pipe, which the thread that owns the sockets polls.
final class SignalPipe {
  /// To be polled.
  let descriptor: Int32
  private let writeEnd: Int32
  private var previous: [(Int32, sigaction)] = []

  /// Catches the signals until it is released. One at a time in a process.
  ///
  /// Unblocks them too: a program that starts this one from a thread with blocked signals hands its mask down.
  init(_ signals: [Int32]) throws {
    (descriptor, writeEnd) = try makePipe()
    signalPipeEnd = writeEnd
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for signal in signals { sigaddset(&unblocked, signal) }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    for signal in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: signal)
        _ = write(signalPipeEnd, &byte, 1)
        errno = saved
      }
      action.sa_flags = SA_RESTART
      var old = sigaction()
      sigaction(signal, &action, &old)
      previous.append((signal, old))
    }
  }

  deinit {
    for (signal, old) in previous {
      var old = old
      sigaction(signal, &old, nil)
    }
    signalPipeEnd = -1
    close(descriptor)
    close(writeEnd)
  }

  /// Takes the signals that came.
  func take() -> [Int32] {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &buffer, buffer.count)
    return count > 0 ? buffer.prefix(count).map(Int32.init) : []
  }
}

/// A pipe whose ends are not inherited by children, and by default never block.
func makePipe(isBlocking: Bool = false) throws -> (read: Int32, write: Int32) {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { throw RunError("cannot make a pipe: \(String(cString: strerror(errno)))") }
  for end in ends {
    _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    if !isBlocking { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }
  return (ends[0], ends[1])
}
