import GRDB
public import Sweeps

/// Trials that failed, and that are to be tried again.
extension ResultStore {
  /// Failures that stand: those of trials without a result that were not put back since.
  public struct StandingFailures: Sendable, Hashable {
    /// Trials that were given up.
    public var givenUp: Set<TrialID>
    /// Those of them whose last failure was a strike: they cost too many workers, or took too long too often.
    public var quarantined: Set<TrialID>
    /// The last attempt of each other trial that cost a worker or took too long.
    public var strikes: [TrialID: Int]

    /// What stands.
    public init(
      givenUp: Set<TrialID> = [], quarantined: Set<TrialID> = [], strikes: [TrialID: Int] = [:]
    ) {
      self.givenUp = givenUp
      self.quarantined = quarantined
      self.strikes = strikes
    }
  }

  /// Trials that were given up, have no result and were not put back, in the order in which they were given up.
  public func failures() throws -> [FailedTrial] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT t.trial, t.parameters, f.kind, f.message, f.worker, f.host, f.at,
            (SELECT count(*) FROM failures a WHERE a.trial_id = t.id\(try Self.standing(database, "a"))) AS attempts
          FROM failures f JOIN trials t ON t.id = f.trial_id
          WHERE f.id = (
              SELECT max(id) FROM failures l WHERE l.trial_id = t.id AND l.is_final\(try Self.standing(database, "l")))
            AND NOT EXISTS (SELECT 1 FROM results r WHERE r.trial_id = t.id)
          ORDER BY f.id
          """
      ).map {
        FailedTrial(
          trial: try $0.decode(forColumn: "trial"), parameters: try $0.decode(forColumn: "parameters"),
          attempts: try $0.decode(forColumn: "attempts"), kind: try $0.decode(forColumn: "kind"),
          message: try $0.decode(forColumn: "message"), worker: try $0.decode(forColumn: "worker"),
          host: try $0.decode(forColumn: "host"), at: try $0.decode(forColumn: "at"))
      }
    }
  }

  /// What a run needs to know of the failures of earlier ones. `strikeKinds` are the kinds of failure that count as
  /// strikes.
  public func standingFailures(strikeKinds: [String]) throws -> StandingFailures {
    try read { database in
      var standing = StandingFailures()
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT t.trial, max(f.is_final),
            max(CASE WHEN f.kind IN (SELECT value FROM json_each(?1)) THEN f.attempt ELSE 0 END),
            max(CASE WHEN f.kind IN (SELECT value FROM json_each(?1)) THEN f.is_final ELSE 0 END)
          FROM failures f JOIN trials t ON t.id = f.trial_id
          WHERE f.retried_at IS NULL AND NOT EXISTS (SELECT 1 FROM results r WHERE r.trial_id = t.id)
          GROUP BY t.id
          """, arguments: ["[" + strikeKinds.map { JSONText.string($0) }.joined(separator: ",") + "]"])
      while let row = try rows.next() {
        let name = try row.decode(String.self, atIndex: 0)
        guard let trial = TrialID(name) else {
          throw StoreError.corrupt(path: path, reason: "“\(name)” is not the name of a trial")
        }
        let (isFinal, strikes) = (try row.decode(Bool.self, atIndex: 1), try row.decode(Int.self, atIndex: 2))
        if isFinal { standing.givenUp.insert(trial) } else if strikes > 0 { standing.strikes[trial] = strikes }
        if try row.decode(Bool.self, atIndex: 3) { standing.quarantined.insert(trial) }
      }
      return standing
    }
  }

  /// Puts trials back that were given up: their failures stay in the file as history, and the next run tries them as if
  /// they had never failed. Trials that were not given up are left alone. `seconds` is the time, in Unix seconds.
  public func putBack(_ trials: [TrialID], at seconds: Double) throws {
    try write { database in
      for trial in trials {
        try database.cachedStatement(
          sql: """
            UPDATE failures SET retried_at = ?
            WHERE trial_id = (SELECT id FROM trials WHERE trial = ?) AND retried_at IS NULL
            """
        ).execute(arguments: [seconds, trial.description])
        try database.cachedStatement(sql: "DELETE FROM bystanders WHERE trial = ?")
          .execute(arguments: [trial.description])
      }
    }
  }

  /// The condition that a failure was not put back, which a reader of a file of an older format cannot ask for.
  private static func standing(_ database: Database, _ alias: String) throws -> String {
    try database.columns(in: "failures").contains { $0.name == "retried_at" } ? " AND \(alias).retried_at IS NULL" : ""
  }
}
