WITH service_entry AS (
  SELECT
    service_entry.key,
    service_entry.origin,
    service_entry.kind,
    service_entry.added_at,
    service_entry.removed_at
  FROM marts__service_entry AS service_entry
), census AS (
  SELECT
    service_entry.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM service_entry
  CROSS JOIN (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    added_at < (
      period_end + 1
    )
    AND (
      removed_at IS NULL OR removed_at >= (
        period_end + 1
      )
    )
), met_checked AS (
  SELECT DISTINCT
    service_check.service_entry AS shared,
    CAST(service_check.checked_on AS DATE) AS day
  FROM marts__service_check AS service_check
  WHERE
    NOT service_check.checked_on IS NULL
), days_checked AS (
  SELECT
    period_end,
    EXPLODE(
      CAST(SEQUENCE(
        CAST(CAST(ADD_MONTHS(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ),
        CAST((
          CAST(period_end AS DATE) + 1
        ) AS TIMESTAMP_NTZ) - INTERVAL '1' DAY,
        INTERVAL '1' DAY
      ) AS ARRAY<DATE>)
    ) AS day
  FROM (
    SELECT
      month AS period_start,
      CAST(LAST_DAY(month) AS DATE) AS period_end
    FROM (
      SELECT
        EXPLODE(
          CAST(SEQUENCE(
            CAST(:first_month AS TIMESTAMP_NTZ),
            CAST(:last_month AS TIMESTAMP_NTZ),
            INTERVAL '1' MONTH
          ) AS ARRAY<DATE>)
        ) AS month
    ) AS months
  ) AS ends
), months_of_checked AS (
  SELECT
    day,
    YEAR(period_end) DIV 5 AS word,
    BIT_OR(
      SHIFTLEFT(CAST(1 AS BIGINT), (
        YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
      ))
    ) AS bits
  FROM days_checked
  GROUP BY
    day,
    word
), look_checked AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_checked
  JOIN months_of_checked
    USING (day)
  GROUP BY
    shared,
    word
), with_checked AS (
  SELECT
    this.*,
    COALESCE(
      look_checked.bits & (
        SHIFTLEFT(
          CAST(1 AS BIGINT),
          (
            YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
          )
        )
      ) <> 0,
      FALSE
    ) AS checked
  FROM kept AS this
  LEFT JOIN look_checked
    ON look_checked.shared = this.key
    AND look_checked.word = YEAR(this.period_end) DIV 5
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_checked
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    DATE_FORMAT(month, 'yyyy-MM') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS STRING) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    origin AS origin,
    CAST(kind AS STRING) AS provider_kind,
    CASE WHEN checked THEN 1 ELSE 0 END AS pattern
  FROM dated
), cells AS (
  SELECT
    month,
    origin,
    provider_kind,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    origin,
    provider_kind
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'origin' AS set,
    'origin=' || COALESCE(origin, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    origin,
    pattern
  UNION ALL
  SELECT
    month,
    'provider_kind' AS set,
    'provider_kind=' || COALESCE(provider_kind, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    provider_kind,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    `group`,
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    `group`
), summed_directory_checked_share AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`,
    COALESCE(SUM(true_0), 0) AS numerator,
    COALESCE(SUM(true_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly
  JOIN periods
    ON monthly.month = periods.last_month
    AND periods.grain IN ('month', 'quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`
)
SELECT
  'directory_checked_share' AS measure,
  1 AS version,
  summed_directory_checked_share.period AS period,
  summed_directory_checked_share.`group` AS `group`,
  CAST(summed_directory_checked_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_directory_checked_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_directory_checked_share.numerator AS DOUBLE) / NULLIF(CAST(summed_directory_checked_share.denominator AS DOUBLE), 0) AS value,
  summed_directory_checked_share.weighed AS n
FROM summed_directory_checked_share
