/// Views for people who look into the file with the `sqlite3` shell.
extension ResultStore {
  static let viewsOfFormat1 = """
    CREATE VIEW losses AS
    SELECT t.trial, t.task, t.attention, t.n, t.d, t.L, t.signal_variance, t.noise_variance, t.seed,
      max(m.value) FILTER (WHERE m.name = 'train_loss') AS train_loss,
      max(m.value) FILTER (WHERE m.name = 'test_loss') AS test_loss,
      max(m.value) FILTER (WHERE m.name = 'zero_loss_test') AS zero_loss,
      max(m.value) FILTER (WHERE m.name = 'projection_loss_test') AS projection_loss,
      max(m.value) FILTER (WHERE m.name = 'bayes_loss_test') AS bayes_loss,
      (max(m.value) FILTER (WHERE m.name = 'train_loss') + max(m.value) FILTER (WHERE m.name = 'test_loss')
        - max(m.value) FILTER (WHERE m.name = 'bayes_loss_train')
        - max(m.value) FILTER (WHERE m.name = 'bayes_loss_test')) / 2 AS excess
    FROM trials t JOIN metrics m ON m.trial_id = t.id
    GROUP BY t.id;

    CREATE VIEW weight_scales AS
    WITH scales AS (
      SELECT trial_id,
        max(value) FILTER (WHERE name = 'alpha') AS alpha,
        max(value) FILTER (WHERE name = 'beta') AS beta,
        max(value) FILTER (WHERE name = 'alpha_beta') AS alpha_beta,
        max(value) FILTER (WHERE name = 'offdiagonal_kq') AS offdiagonal_kq,
        max(value) FILTER (WHERE name = 'offdiagonal_pv') AS offdiagonal_pv
      FROM metrics GROUP BY trial_id)
    SELECT t.trial, t.task, t.attention, t.n, t.d, t.L, t.signal_variance, t.noise_variance, t.seed,
      abs(s.alpha) AS alpha,
      CASE WHEN s.alpha < 0 THEN -s.beta ELSE s.beta END AS beta,
      s.alpha_beta, s.offdiagonal_kq, s.offdiagonal_pv
    FROM trials t JOIN scales s ON s.trial_id = t.id;

    CREATE VIEW trials_by_cell AS
    SELECT t.task, t.attention, t.n, t.d, t.L, t.signal_variance, t.noise_variance,
      count(r.trial_id) AS results,
      count(*) FILTER (WHERE r.trial_id IS NULL) AS without_result,
      avg(l.train_loss) AS train_loss, avg(l.test_loss) AS test_loss, avg(l.bayes_loss) AS bayes_loss,
      sum(r.seconds) AS seconds,
      json_remove(t.parameters, '$.seed', '$.seed_root', '$.data_seed') AS cell
    FROM trials t LEFT JOIN results r ON r.trial_id = t.id LEFT JOIN losses l ON l.trial = t.trial
    GROUP BY cell
    ORDER BY min(t.id);

    CREATE VIEW curve_points AS
    SELECT t.trial, t.task, t.attention, t.L, t.seed,
      CAST(p.value AS INTEGER) AS epoch,
      max(json_extract(c.points, '$[' || p.key || ']')) FILTER (WHERE c.name = 'train_loss') AS train_loss,
      max(json_extract(c.points, '$[' || p.key || ']')) FILTER (WHERE c.name = 'test_loss') AS test_loss,
      max(json_extract(c.points, '$[' || p.key || ']')) FILTER (WHERE c.name = 'alpha') AS alpha,
      max(json_extract(c.points, '$[' || p.key || ']')) FILTER (WHERE c.name = 'beta') AS beta
    FROM trials t JOIN curves e ON e.trial_id = t.id AND e.name = 'epoch', json_each(e.points) p
      JOIN curves c ON c.trial_id = t.id
    GROUP BY t.id, p.key;

    CREATE VIEW failed_trials AS
    SELECT t.trial, t.task, t.attention, t.n, t.d, t.L, t.seed,
      (SELECT count(*) FROM failures a WHERE a.trial_id = t.id) AS failed_attempts,
      f.kind, f.message, f.worker, f.host, datetime(f.at, 'unixepoch') AS at
    FROM trials t JOIN failures f ON f.id = (SELECT max(id) FROM failures WHERE trial_id = t.id AND is_final)
    WHERE NOT EXISTS (SELECT 1 FROM results r WHERE r.trial_id = t.id);

    CREATE VIEW run_history AS
    SELECT r.id AS run, s.name AS sweep, datetime(r.started_at, 'unixepoch') AS started,
      datetime(r.ended_at, 'unixepoch') AS ended, r.outcome, r.host, r.pid, r.workers,
      (SELECT count(*) FROM results x WHERE x.run_id = r.id) AS results,
      (SELECT count(*) FROM failures x WHERE x.run_id = r.id) AS failed_attempts
    FROM runs r JOIN sweeps s ON s.id = r.sweep_id;
    """

  /// The common sign of the weights is turned so that α ≥ 0 only where it is free (see ``SeedMetrics``); format 1 turned
  /// it everywhere.
  static let weightScalesOfFormat2 = """
    CREATE VIEW weight_scales AS
    WITH metric AS (
      SELECT trial_id,
        max(value) FILTER (WHERE name = 'alpha') AS alpha,
        max(value) FILTER (WHERE name = 'beta') AS beta,
        max(value) FILTER (WHERE name = 'alpha_beta') AS alpha_beta,
        max(value) FILTER (WHERE name = 'offdiagonal_kq') AS offdiagonal_kq,
        max(value) FILTER (WHERE name = 'offdiagonal_pv') AS offdiagonal_pv
      FROM metrics GROUP BY trial_id),
    signed AS (
      SELECT t.*, m.*,
        CASE WHEN m.alpha < 0 AND (t.attention = 'linear' OR t.task IN ('linear', 'sphere')) THEN -1 ELSE 1 END AS sign
      FROM trials t JOIN metric m ON m.trial_id = t.id)
    SELECT trial, task, attention, n, d, L, signal_variance, noise_variance, seed,
      sign * alpha AS alpha, sign * beta AS beta, alpha_beta, offdiagonal_kq, offdiagonal_pv
    FROM signed;
    """

  /// Since there are several kinds of studies, losses and weights are those of training alone, and a cell says what it is.
  static let viewsOfFormat3 = """
    CREATE VIEW losses AS
    SELECT t.trial, t.task, t.attention, t.n, t.d, t.L, t.signal_variance, t.noise_variance, t.seed,
      max(m.value) FILTER (WHERE m.name = 'train_loss') AS train_loss,
      max(m.value) FILTER (WHERE m.name = 'test_loss') AS test_loss,
      max(m.value) FILTER (WHERE m.name = 'zero_loss_test') AS zero_loss,
      max(m.value) FILTER (WHERE m.name = 'projection_loss_test') AS projection_loss,
      max(m.value) FILTER (WHERE m.name = 'bayes_loss_test') AS bayes_loss,
      (max(m.value) FILTER (WHERE m.name = 'train_loss') + max(m.value) FILTER (WHERE m.name = 'test_loss')
        - max(m.value) FILTER (WHERE m.name = 'bayes_loss_train')
        - max(m.value) FILTER (WHERE m.name = 'bayes_loss_test')) / 2 AS excess
    FROM trials t JOIN metrics m ON m.trial_id = t.id
    WHERE t.study = 'training'
    GROUP BY t.id;

    CREATE VIEW weight_scales AS
    WITH metric AS (
      SELECT trial_id,
        max(value) FILTER (WHERE name = 'alpha') AS alpha,
        max(value) FILTER (WHERE name = 'beta') AS beta,
        max(value) FILTER (WHERE name = 'alpha_beta') AS alpha_beta,
        max(value) FILTER (WHERE name = 'offdiagonal_kq') AS offdiagonal_kq,
        max(value) FILTER (WHERE name = 'offdiagonal_pv') AS offdiagonal_pv
      FROM metrics GROUP BY trial_id),
    signed AS (
      SELECT t.*, m.*,
        CASE WHEN m.alpha < 0 AND (t.attention = 'linear' OR t.task IN ('linear', 'sphere')) THEN -1 ELSE 1 END AS sign
      FROM trials t JOIN metric m ON m.trial_id = t.id
      WHERE t.study = 'training')
    SELECT trial, task, attention, n, d, L, signal_variance, noise_variance, seed,
      sign * alpha AS alpha, sign * beta AS beta, alpha_beta, offdiagonal_kq, offdiagonal_pv
    FROM signed;

    CREATE VIEW trials_by_cell AS
    SELECT t.study, t.task, t.attention, t.n, t.d, t.L, t.signal_variance, t.noise_variance,
      count(r.trial_id) AS results,
      count(*) FILTER (WHERE r.trial_id IS NULL) AS without_result,
      avg(l.train_loss) AS train_loss, avg(l.test_loss) AS test_loss, avg(l.bayes_loss) AS bayes_loss,
      sum(r.seconds) AS seconds,
      json_remove(t.parameters, '$.seed', '$.seed_root', '$.data_seed') AS cell
    FROM trials t LEFT JOIN results r ON r.trial_id = t.id LEFT JOIN losses l ON l.trial = t.trial
    GROUP BY cell
    ORDER BY min(t.id);
    """

  /// Failures that were put back are left out; older formats knew none.
  static let failedTrialsOfFormat4 = """
    CREATE VIEW failed_trials AS
    SELECT t.trial, t.task, t.attention, t.n, t.d, t.L, t.seed,
      (SELECT count(*) FROM failures a WHERE a.trial_id = t.id AND a.retried_at IS NULL) AS failed_attempts,
      f.kind, f.message, f.worker, f.host, datetime(f.at, 'unixepoch') AS at
    FROM trials t JOIN failures f
      ON f.id = (SELECT max(id) FROM failures WHERE trial_id = t.id AND is_final AND retried_at IS NULL)
    WHERE NOT EXISTS (SELECT 1 FROM results r WHERE r.trial_id = t.id);
    """
}
