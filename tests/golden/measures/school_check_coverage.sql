WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.sex,
    person.municipality,
    person.died_on,
    person.security_block,
    person.is_test
  FROM marts.person AS person
  WHERE
    NOT person.is_test IS TRUE
), census AS (
  SELECT
    person.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM person
  CROSS JOIN (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), named AS (
  SELECT
    *,
    CASE WHEN MONTH(period_end) >= 8 THEN YEAR(period_end) ELSE YEAR(period_end) - 1 END - YEAR(birth_date) AS turned
  FROM census
), kept AS (
  SELECT
    *
  FROM named
  WHERE
    (
      turned >= 7 AND turned <= 15
    )
    AND (
      died_on IS NULL OR died_on > period_end
    )
), met_seen AS (
  SELECT DISTINCT
    contact.person AS shared,
    CAST(contact.happened_at AS DATE) AS day
  FROM marts.contact AS contact
  WHERE
    (
      (
        (
          contact.service_form = 'T26'
          AND contact.contact_type IN ('R10', 'R20', 'R41', 'R52')
        )
        AND NOT contact.cancelled IS TRUE
      )
      AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
    )
    AND NOT contact.happened_at IS NULL
), days_seen AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST(CAST(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE) AS TIMESTAMP),
        CAST((
          CAST(period_end AS DATE) + 1
        ) AS TIMESTAMP) - INTERVAL '1' DAY,
        INTERVAL '1' DAY
      )
    ) AS DATE) AS day
  FROM (
    SELECT
      month AS period_start,
      CAST(LAST_DAY(month) AS DATE) AS period_end
    FROM (
      SELECT
        CAST(UNNEST(
          GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
        ) AS DATE) AS month
    ) AS months
  ) AS ends
), months_of_seen AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_seen
  GROUP BY
    day,
    word
), look_seen AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_seen
  JOIN months_of_seen
    USING (day)
  GROUP BY
    shared,
    word
), with_seen AS (
  SELECT
    this.*,
    COALESCE(
      look_seen.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS seen
  FROM kept AS this
  LEFT JOIN look_seen
    ON look_seen.shared = this.key AND look_seen.word = YEAR(this.period_end) // 5
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_seen
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    STRFTIME(month, '%Y-%m') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS TEXT) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS TEXT) AS municipality,
    sex AS sex,
    CASE WHEN seen THEN 1 ELSE 0 END AS pattern
  FROM dated
), cells AS (
  SELECT
    month,
    municipality,
    sex,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    municipality,
    sex
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    sex,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_school_check_coverage AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
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
    monthly."group"
)
SELECT
  'school_check_coverage' AS measure,
  1 AS version,
  summed_school_check_coverage.period AS period,
  summed_school_check_coverage."group" AS "group",
  CAST(summed_school_check_coverage.numerator AS DOUBLE) AS numerator,
  CAST(summed_school_check_coverage.denominator AS DOUBLE) AS denominator,
  CAST(summed_school_check_coverage.numerator AS DOUBLE) / NULLIF(CAST(summed_school_check_coverage.denominator AS DOUBLE), 0) AS value,
  summed_school_check_coverage.weighed AS n
FROM summed_school_check_coverage
