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
    AND person.key IN (
      SELECT
        diagnosis.person
      FROM marts.diagnosis AS diagnosis
      WHERE
        (
          diagnosis.code_system = 'ICD10'
          AND (
            STARTS_WITH(diagnosis.code, 'I20')
            OR STARTS_WITH(diagnosis.code, 'I21')
            OR STARTS_WITH(diagnosis.code, 'I22')
            OR STARTS_WITH(diagnosis.code, 'I23')
            OR STARTS_WITH(diagnosis.code, 'I24')
            OR STARTS_WITH(diagnosis.code, 'I25')
          )
          OR diagnosis.code_system = 'ICPC2'
          AND (
            STARTS_WITH(diagnosis.code, 'K74')
            OR STARTS_WITH(diagnosis.code, 'K75')
            OR STARTS_WITH(diagnosis.code, 'K76')
          )
          OR diagnosis.code_system = 'SNOMED'
          AND diagnosis.code IN ('53741008', '414545008', '22298006')
        )
        AND NOT diagnosis.person IS NULL
    )
), census AS (
  SELECT
    person.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM person
  CROSS JOIN (
    SELECT
      month
    FROM (
      SELECT
        CAST(UNNEST(
          GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
        ) AS DATE) AS month
    ) AS months
    WHERE
      MONTH(month) % 3 = 0
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), look_coronary AS (
  SELECT
    diagnosis.person AS shared,
    MIN(CAST(diagnosis.recorded_on AS TIMESTAMP)) AS moment
  FROM marts.diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND (
        STARTS_WITH(diagnosis.code, 'I20')
        OR STARTS_WITH(diagnosis.code, 'I21')
        OR STARTS_WITH(diagnosis.code, 'I22')
        OR STARTS_WITH(diagnosis.code, 'I23')
        OR STARTS_WITH(diagnosis.code, 'I24')
        OR STARTS_WITH(diagnosis.code, 'I25')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTS_WITH(diagnosis.code, 'K74')
        OR STARTS_WITH(diagnosis.code, 'K75')
        OR STARTS_WITH(diagnosis.code, 'K76')
      )
      OR diagnosis.code_system = 'SNOMED'
      AND diagnosis.code IN ('53741008', '414545008', '22298006')
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_coronary AS (
  SELECT
    this.*,
    COALESCE(
      look_coronary.moment < CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS TIMESTAMP),
      FALSE
    ) AS coronary
  FROM kept AS this
  LEFT JOIN look_coronary
    ON look_coronary.shared = this.key
), kept_2 AS (
  SELECT
    *
  FROM with_coronary
  WHERE
    coronary
), look_ldl AS (
  SELECT
    measurement.person AS shared,
    CAST(measurement.taken_at AS TIMESTAMP) AS moment,
    MAX(measurement.value) AS given
  FROM marts.measurement AS measurement
  WHERE
    (
      (
        (
          (
            measurement.test = 'ldl' AND measurement.value BETWEEN 0.2 AND 15
          )
          AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
        )
        AND NOT measurement.taken_at IS NULL
      )
      AND NOT measurement.value IS NULL
    )
    AND NOT measurement.taken_at IS NULL
  GROUP BY
    measurement.person,
    CAST(measurement.taken_at AS TIMESTAMP)
), with_ldl AS (
  SELECT
    this.*,
    CASE
      WHEN look_ldl.moment >= CAST(CAST(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE) + TO_MONTHS(CAST(-24 AS INT)) AS DATE) AS TIMESTAMP)
      THEN look_ldl.given
    END AS ldl
  FROM kept_2 AS this
  ASOF LEFT JOIN look_ldl
    ON this.key = look_ldl.shared
    AND CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP) > look_ldl.moment
), kept_3 AS (
  SELECT
    *
  FROM with_ldl
  WHERE
    NOT ldl IS NULL
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept_3
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
        YEAR(period_end) - YEAR(birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(birth_date) * 100 + DAY(birth_date)
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
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS TEXT) AS municipality,
    sex AS sex,
    CASE WHEN ldl < 1.4 THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    age_group,
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
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
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
), summed_coronary_ldl_in_target AS (
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
    ON monthly.month = periods.last_month AND periods.grain IN ('quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
)
SELECT
  'coronary_ldl_in_target' AS measure,
  1 AS version,
  summed_coronary_ldl_in_target.period AS period,
  summed_coronary_ldl_in_target."group" AS "group",
  CAST(summed_coronary_ldl_in_target.numerator AS DOUBLE) AS numerator,
  CAST(summed_coronary_ldl_in_target.denominator AS DOUBLE) AS denominator,
  CAST(summed_coronary_ldl_in_target.numerator AS DOUBLE) / NULLIF(CAST(summed_coronary_ldl_in_target.denominator AS DOUBLE), 0) AS value,
  summed_coronary_ldl_in_target.weighed AS n
FROM summed_coronary_ldl_in_target
