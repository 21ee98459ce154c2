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
), look_lonely AS (
  SELECT
    assessment.person AS shared,
    CAST(assessment.assessed_on AS TIMESTAMP) AS moment,
    MAX(assessment.number) AS given
  FROM marts.assessment_answers AS assessment
  WHERE
    (
      (
        (
          assessment.variable = 'lonely' AND assessment.number BETWEEN 0 AND 4
        )
        AND NOT assessment.assessed_on IS NULL
      )
      AND NOT assessment.number IS NULL
    )
    AND NOT assessment.assessed_on IS NULL
  GROUP BY
    assessment.person,
    CAST(assessment.assessed_on AS TIMESTAMP)
), with_lonely AS (
  SELECT
    this.*,
    CASE
      WHEN look_lonely.moment >= CAST(CAST(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE) AS TIMESTAMP)
      THEN look_lonely.given
    END AS lonely
  FROM kept AS this
  ASOF LEFT JOIN look_lonely
    ON this.key = look_lonely.shared
    AND CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP) > look_lonely.moment
), kept_2 AS (
  SELECT
    *
  FROM with_lonely
  WHERE
    NOT lonely IS NULL
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept_2
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
    CASE WHEN lonely >= 3 THEN 1 ELSE 0 END AS pattern
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
), summed_loneliness_share AS (
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
  'loneliness_share' AS measure,
  1 AS version,
  summed_loneliness_share.period AS period,
  summed_loneliness_share."group" AS "group",
  CAST(summed_loneliness_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_loneliness_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_loneliness_share.numerator AS DOUBLE) / NULLIF(CAST(summed_loneliness_share.denominator AS DOUBLE), 0) AS value,
  summed_loneliness_share.weighed AS n
FROM summed_loneliness_share
