WITH measurement AS (
  SELECT
    measurement.key,
    measurement.person,
    measurement.test,
    measurement.taken_at,
    measurement.place,
    measurement.status,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.unit_code AS unit__unit_code
  FROM marts.measurement AS measurement
  LEFT JOIN marts.person AS person
    ON person.key = measurement.person
  LEFT JOIN marts.unit AS unit
    ON unit.key = measurement.unit
  WHERE
    NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', taken_at) AS DATE) AS month
  FROM measurement
  WHERE
    taken_at >= CAST($first_month AS DATE)
    AND taken_at < CAST($last_month AS DATE) + TO_MONTHS(1)
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
        YEAR(CAST(taken_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(taken_at AS DATE)) * 100 + DAY(CAST(taken_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
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
    place AS place,
    CAST(person__sex AS TEXT) AS sex,
    test AS test,
    CAST(unit__unit_code AS TEXT) AS unit,
    CASE WHEN TRUE THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    place,
    sex,
    test,
    unit,
    pattern,
    GROUPING(age_group, municipality, place, sex, test, unit) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, place, test),
      (month, pattern, unit)
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
    bundle = 11
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
    bundle = 11
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
    bundle = 11
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    'place' AS set,
    'place=' || COALESCE(place, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 53
  GROUP BY
    month,
    place,
    pattern
  UNION ALL
  SELECT
    month,
    'test' AS set,
    'test=' || COALESCE(test, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 53
  GROUP BY
    month,
    test,
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
    bundle = 62
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
    bundle = 62
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
), summed_measurements AS (
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
  'measurements' AS measure,
  1 AS version,
  summed_measurements.period AS period,
  summed_measurements."group" AS "group",
  CAST(summed_measurements.numerator AS DOUBLE) AS numerator,
  NULL AS denominator,
  CAST(summed_measurements.numerator AS DOUBLE) AS value,
  summed_measurements.counted AS n
FROM summed_measurements
