WITH service_period AS (
  SELECT
    service_period.key,
    service_period.person,
    service_period.service_kind,
    service_period.started_on,
    service_period.ended_on,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.unit_code AS unit__unit_code
  FROM marts.service_period AS service_period
  LEFT JOIN marts.person AS person
    ON person.key = service_period.person
  LEFT JOIN marts.unit AS unit
    ON unit.key = service_period.unit
  WHERE
    service_period.service_kind IN ('home_care', 'care_home', 'institution')
), census AS (
  SELECT
    service_period.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM service_period
  CROSS JOIN (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    DATE_DIFF('day', started_on, period_end) >= 30
    AND (
      ended_on IS NULL OR ended_on > period_end
    )
), met_assessed AS (
  SELECT DISTINCT
    assessment.person AS shared,
    CAST(assessment.assessed_on AS DATE) AS day
  FROM marts.assessment AS assessment
  WHERE
    (
      assessment.locked IS TRUE AND assessment.instrument IN ('HC', 'LTCF', 'CHA')
    )
    AND NOT assessment.assessed_on IS NULL
), days_assessed AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST((
          CAST(period_end AS DATE) + CAST(-183 AS INT)
        ) AS TIMESTAMP),
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
), months_of_assessed AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_assessed
  GROUP BY
    day,
    word
), look_assessed AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_assessed
  JOIN months_of_assessed
    USING (day)
  GROUP BY
    shared,
    word
), with_assessed AS (
  SELECT
    this.*,
    COALESCE(
      look_assessed.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS assessed
  FROM kept AS this
  LEFT JOIN look_assessed
    ON look_assessed.shared = this.person
    AND look_assessed.word = YEAR(this.period_end) // 5
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_assessed
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
        YEAR(period_end) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated
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
    CAST(service_kind AS TEXT) AS service,
    CAST(person__sex AS TEXT) AS sex,
    CAST(unit__unit_code AS TEXT) AS unit,
    CASE WHEN assessed THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    service,
    sex,
    unit,
    pattern,
    GROUPING(age_group, municipality, service, sex, unit) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, service, unit)
    )
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 5
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 5
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
    bundle = 5
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
    bundle = 5
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    'service' AS set,
    'service=' || COALESCE(service, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 26
  GROUP BY
    month,
    service,
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
    bundle = 26
  GROUP BY
    month,
    unit,
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
), summed_rai_coverage_6m AS (
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
  'rai_coverage_6m' AS measure,
  1 AS version,
  summed_rai_coverage_6m.period AS period,
  summed_rai_coverage_6m."group" AS "group",
  CAST(summed_rai_coverage_6m.numerator AS DOUBLE) AS numerator,
  CAST(summed_rai_coverage_6m.denominator AS DOUBLE) AS denominator,
  CAST(summed_rai_coverage_6m.numerator AS DOUBLE) / NULLIF(CAST(summed_rai_coverage_6m.denominator AS DOUBLE), 0) AS value,
  summed_rai_coverage_6m.weighed AS n
FROM summed_rai_coverage_6m
