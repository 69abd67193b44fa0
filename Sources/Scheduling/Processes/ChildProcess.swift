import Foundation

/// A child process, from start to end.
///
/// Not swift-subprocess: its calls are async, and the core has one thread that polls; all that is needed is the process
/// id, a non-blocking wait, and a clean set of descriptors.
struct ChildProcess {
  /// How a process ended.
  enum Ending: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    /// As a shell has it: the exit status, or 128 and the signal.
    var status: Int32 {
      switch self {
      case .exited(let status): status
      case .killed(let signal): 128 + signal
      }
    }

    var description: String {
      switch self {
      case .exited(let status): "exited with status \(status)"
      case .killed(let signal): "killed by signal \(signal) (\(String(cString: strsignal(signal))))"
      }
    }
  }

  /// What it used in its life.
  struct Usage: Sendable, Hashable, CustomStringConvertible {
    /// User and system time.
    var processorSeconds: Double
    /// The most memory that it had at once; Linux counts what this process had when it started the other, if that is more.
    var residentBytesMax: Int

    var description: String {
      String(format: "%.1f s of processor time, at most %d MiB of memory", processorSeconds, residentBytesMax >> 20)
    }
  }

  let pid: pid_t

  /// Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches the coordinator only, with
  /// the given descriptors as standard input and as standard output and error. Everything else that this program, libzmq
  /// and SQLite open is closed on exec.
  init(_ arguments: [String], input: Int32, output: Int32) throws {
    guard let program = arguments.first else { throw RunError("no program to start") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    for signal in [SIGINT, SIGTERM, SIGCHLD, SIGPIPE] { sigaddset(&mask, signal) }
    posix_spawnattr_setsigdefault(&attributes, &mask)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid = pid_t()
    let status = posix_spawn(&pid, program, &actions, &attributes, &words, environ)
    guard status == 0 else { throw RunError("cannot start \(program): \(String(cString: strerror(status)))") }
    self.pid = pid
  }

  /// How it ended and what it used, if it has ended; must not be called again after that.
  func poll() -> (ending: Ending, usage: Usage)? {
    var status: Int32 = 0
    var used = rusage()
    var result: pid_t
    repeat { result = wait4(pid, &status, WNOHANG, &used) } while result < 0 && errno == EINTR
    guard result != 0 else { return nil }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    // getrusage(2): Linux counts memory in KiB, Darwin in bytes.
    #if os(Linux)
      let residentBytesMax = used.ru_maxrss << 10
    #else
      let residentBytesMax = used.ru_maxrss
    #endif
    let usage = Usage(
      processorSeconds: seconds(used.ru_utime) + seconds(used.ru_stime), residentBytesMax: residentBytesMax)
    // wait(2): the low seven bits are the signal, the next byte the exit status.
    let signal = status & 0x7f
    return (signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal), usage)
  }

  /// Ends it at once, and waits for that, which takes no time after SIGKILL.
  func kill() {
    Foundation.kill(pid, SIGKILL)
    while waitpid(pid, nil, 0) < 0 && errno == EINTR {}
  }
}
