WITH stay AS (
  SELECT
    stay.key,
    stay.person,
    stay.kind,
    stay.started_at,
    stay.ended_at,
    stay.urgency,
    stay.admitted,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.unit_code AS unit__unit_code
  FROM marts.stay AS stay
  LEFT JOIN marts.person AS person
    ON person.key = stay.person
  LEFT JOIN marts.unit AS unit
    ON unit.key = stay.unit
  WHERE
    (
      stay.kind = 'ed' AND NOT stay.ended_at IS NULL
    )
    AND NOT stay.admitted IS TRUE
), look_next_at AS (
  SELECT
    this.key,
    MIN(stay.started_at) AS given
  FROM marts.stay AS stay
  JOIN stay AS this
    ON stay.person = this.person
    AND stay.key <> this.key
    AND CAST(stay.started_at AS TIMESTAMP) >= CAST(this.ended_at AS TIMESTAMP)
    AND CAST(stay.started_at AS TIMESTAMP) < CAST((
      CAST(this.ended_at AS TIMESTAMP) + TO_HOURS(49)
    ) AS TIMESTAMP)
  WHERE
    stay.kind = 'ed' AND NOT stay.agreed_return IS TRUE
  GROUP BY
    this.key
), with_next_at AS (
  SELECT
    this.*,
    look_next_at.given AS next_at
  FROM stay AS this
  LEFT JOIN look_next_at
    ON look_next_at.key = this.key
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', ended_at) AS DATE) AS month
  FROM with_next_at
  WHERE
    ended_at >= CAST($first_month AS DATE)
    AND ended_at < CAST($last_month AS DATE) + TO_MONTHS(1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
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
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(CAST(started_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(started_at AS DATE)) * 100 + DAY(CAST(started_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated_2
), flagged AS (
  SELECT
    month,
    CAST(CASE
      WHEN age_1 >= 85
      THEN '85+'
      WHEN age_1 BETWEEN 75 AND 84
      THEN '75-84'
      WHEN age_1 BETWEEN 65 AND 74
      THEN '65-74'
      WHEN age_1 BETWEEN 30 AND 64
      THEN '30-64'
      WHEN age_1 BETWEEN 18 AND 29
      THEN '18-29'
      WHEN age_1 BETWEEN 7 AND 17
      THEN '7-17'
      WHEN age_1 BETWEEN 0 AND 6
      THEN '0-6'
    END AS TEXT) AS age_group,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS TEXT) AS municipality,
    CAST(person__sex AS TEXT) AS sex,
    CAST(unit__unit_code AS TEXT) AS unit,
    urgency AS urgency,
    CASE
      WHEN (
        DATE_DIFF('microsecond', ended_at, next_at) / CAST(3600000000 AS DOUBLE)
      ) <= 48
      THEN 1
      ELSE 0
    END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    unit,
    urgency,
    pattern,
    GROUPING(age_group, municipality, sex, unit, urgency) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, unit, urgency)
    )
), groups AS (
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 3
  GROUP BY
    month,
    age_group,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 3
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
  WHERE
    bundle = 3
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 28
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 28
  GROUP BY
    month,
    unit,
    pattern
  UNION ALL
  SELECT
    month,
    'urgency' AS set,
    'urgency=' || COALESCE(urgency, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 28
  GROUP BY
    month,
    urgency,
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
), summed_ed_return_48h_share AS (
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
    ON monthly.month BETWEEN periods.first_month AND periods.last_month
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
  'ed_return_48h_share' AS measure,
  1 AS version,
  summed_ed_return_48h_share.period AS period,
  summed_ed_return_48h_share."group" AS "group",
  CAST(summed_ed_return_48h_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_ed_return_48h_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_ed_return_48h_share.numerator AS DOUBLE) / NULLIF(CAST(summed_ed_return_48h_share.denominator AS DOUBLE), 0) AS value,
  summed_ed_return_48h_share.weighed AS n
FROM summed_ed_return_48h_share
